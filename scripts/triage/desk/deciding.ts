/**
 * Asks the committee about mail. When it fails, or its thread is lost with all that it was deciding, each
 * mail is asked about again, alone; only one that then fails by itself is set aside.
 */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Case, CommitteeAgent, Decision } from '../team/committee.ts'
import { Lane } from './lane.ts'
import { repeated } from './repeated.ts'

/** The committee hears a slow member last, after its queue. */
const DECIDE_MS = 60_000
/** A mail is innocent of a thread that is lost while it is asked about alone, so it has another chance. */
const ATTEMPTS_ALONE = 2

export class Deciding {
  readonly #committee: ActorRef<CommitteeAgent>
  readonly #suspects = new Lane()
  /** Mails that had to be asked about again. */
  repeated = 0

  constructor(committee: ActorRef<CommitteeAgent>) {
    this.#committee = committee
  }

  /** Rejects with the committee's error when it fails at each attempt. */
  async decide(mail: Case): Promise<Decision> {
    try {
      return await this.#ask(mail)
    } catch {
      this.repeated++
      return await this.#suspects.run(() => repeated(() => this.#ask(mail), ATTEMPTS_ALONE))
    }
  }

  #ask(mail: Case): Promise<Decision> {
    return this.#committee.within(DECIDE_MS).ask.handle(mail)
  }
}
