import { Agent } from '../../../actors/agent/agent.ts'
import { type ActorRef, Refused } from '../../../runtime/index.ts'
import type { Mail } from '../mail/parse.ts'
import { MEMBERS, type Member } from '../members.ts'
import {
  type Ballot,
  type Committee,
  decide,
  isUnsure,
  learnCommittee,
  type Opinions,
  type Verdict,
  weightsOf,
} from '../vote.ts'
import type { HeadersAgent, MeaningAgent, WordsAgent } from './members.ts'

/** For one opinion; the meaning member's encoder may have a queue before it. */
const HEAR_MS = 25_000

/** What a committee has to know to start, and to start again on another thread. */
export interface CommitteeArgs {
  readonly words: ActorRef<WordsAgent>
  readonly headers: ActorRef<HeadersAgent>
  readonly meaning: ActorRef<MeaningAgent>
  /** Opinions on mail whose answer is known; from these it learns how far to trust each member. */
  readonly ballots: readonly Ballot[]
  /** The meaning member is asked where the others have log-odds nearer to zero than this. */
  readonly unsureWithin: number
}

/** A mail to decide on. */
export interface Case {
  readonly mail: Mail
  /** Whether to ask the meaning member in any case, so that its accuracy can be told fairly. */
  readonly spotCheck: boolean
}

/** A verdict together with what each member said. */
export interface Decision extends Verdict {
  readonly opinions: Opinions
}

interface Hearing extends Case {
  readonly opinions: Opinions
}

/**
 * The agent that decides: it hears the members and adds up their opinions by what each has been worth.
 *
 *     case ─▶ perceive: hear words and headers ─▶ think: sure? else hear meaning too; vote ─▶ act: decide
 *
 * A member that does not answer, even at the second try, abstains; there are weights for that as well.
 */
export class CommitteeAgent extends Agent<Case, Hearing, Decision, Decision> {
  readonly #args: CommitteeArgs
  #committee!: Committee

  constructor(args: CommitteeArgs) {
    super()
    this.#args = args
  }

  override onStart(): void {
    this.#committee = learnCommittee(MEMBERS, this.#args.ballots)
  }

  /** The decisions on the ballots themselves, which rest on opinions of models that hadn't learnt them. */
  review(): Decision[] {
    return this.#args.ballots.map(({ opinions }) => this.#vote(opinions))
  }

  /** What each member's opinion counts where all of them have one. */
  weights(): Record<string, number> {
    return weightsOf(this.#committee)
  }

  protected override async perceive({ mail, spotCheck }: Case): Promise<Hearing> {
    const [words, headers] = await Promise.all([this.#hear('words', mail), this.#hear('headers', mail)])
    return { mail, spotCheck, opinions: { words, headers } }
  }

  protected override async think({ mail, spotCheck, opinions }: Hearing): Promise<Decision> {
    const first = this.#vote(opinions)
    if (!spotCheck && !isUnsure(first, this.#args.unsureWithin)) return first
    return this.#vote({ ...opinions, meaning: await this.#hear('meaning', mail) })
  }

  protected override act(decision: Decision): Decision {
    if (decision.voters.length === 0) throw new Refused('no member of the committee answered')
    return decision
  }

  #vote(opinions: Opinions): Decision {
    return { ...decide(this.#committee, opinions), opinions }
  }

  async #hear(member: Member, mail: Mail): Promise<number | undefined> {
    const ask = () => this.#args[member].within(HEAR_MS).ask.handle(mail)
    try {
      return await ask().catch(ask)
    } catch (error) {
      this.context.log.warn({ member, err: error }, `${member} abstains`)
      return undefined
    }
  }
}
