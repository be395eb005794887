/** The vote log as an actor: one for all validators of the node, so that they share each wait for the disk. */
import type { PublicKey } from '../../protocols/consensus/types.ts'
import { Actor, type ActorRef } from '../../runtime/index.ts'
import { VolatileVotes } from '../../storage/vote-log/volatile.ts'
import { VoteLog } from '../../storage/vote-log/vote-log.ts'
import type { KeptRecord } from './node/ports.ts'
import type { ValidatorActor } from './validator.ts'

/** The module of the class, which every thread imports. */
export const JOURNAL_MODULE = import.meta.url
/** Validators say nothing more before they have an answer, so this is far more than ever waits. */
const MAILBOX = 100_000

export interface JournalArgs {
  readonly storage: 'embedded' | 'volatile'
  readonly folder: string
}

export class Journal extends Actor<Journal> {
  static override reentrant = true
  static override mailbox = { size: MAILBOX }
  readonly #args: JournalArgs
  #votes!: VoteLog | VolatileVotes
  readonly #lives = new Map<PublicKey, number>()
  readonly #validators = new Map<PublicKey, ActorRef<ValidatorActor>>()
  /** The newest append of each validator. */
  readonly #pending = new Map<PublicKey, Promise<void>>()

  constructor(args: JournalArgs) {
    super()
    this.#args = args
  }

  override async onStart(): Promise<void> {
    const { storage, folder } = this.#args
    this.#votes = storage === 'volatile' ? new VolatileVotes() : await VoteLog.open({ folder })
    const { tornBytes } = this.#votes
    if (tornBytes > 0)
      this.context.log.info(
        { tornBytes },
        'the vote log ended in a write that was cut short; it was no vote yet',
      )
  }

  override async onStop(): Promise<void> {
    await this.#votes.close()
  }

  /**
   * What is kept of a validator, in order. From now on nothing is taken from an instance of it before this one, because
   * this one must know all votes that were ever made durable for it.
   */
  async records(validator: PublicKey, life: number): Promise<KeptRecord[]> {
    this.#lives.set(validator, life)
    this.#validators.set(validator, this.context.sender as ActorRef<ValidatorActor>)
    await this.#pending.get(validator)
    // Copies, because what was appended may be in memory that threads share, where not everything can be read from.
    return this.#votes.records(validator).map(({ view, bytes }) => ({ view, bytes: bytes.slice() }))
  }

  /** Tells the sender `persisted` with the same life and token once the records are durable. */
  append(validator: PublicKey, life: number, token: number, records: readonly KeptRecord[]): void {
    if (this.#lives.get(validator) !== life) return
    const sender = this.context.sender as ActorRef<ValidatorActor>
    const appended = this.#votes.append(validator, records).then(
      () => sender.tell.persisted(life, token),
      (error) => this.#failed(error),
    )
    this.#pending.set(validator, appended)
  }

  forget(validator: PublicKey, view: number): void {
    this.#votes.forget(validator, view)
  }

  /** A log that failed takes no more until it is opened again. */
  #failed(error: unknown): void {
    this.context.timers.after(0, () => {
      for (const validator of this.#validators.values()) validator.tell.abandon()
      throw error
    })
  }
}
