/**
 * Follows what is decided on letters, and takes for decided only what certificates show: no validator is believed, but
 * the signatures of those with more than two thirds of the stake are.
 */
import {
  crypto,
  type Decisions,
  decisions,
  type FollowedDecision,
  type Genesis,
  InvalidProofError,
  LightClient,
} from '../../../actors/validator/index.ts'
import { decodeProofFile } from '../../../protocols/consensus/codec/proof-file.ts'
import type { Scope } from '../../../runtime/index.ts'
import { QUARANTINE, type Verdict } from './quarantine.ts'

export class DecisionReader {
  readonly #decisions: Decisions
  readonly #client: LightClient
  /** What was decided on each letter, the first where there was more. */
  readonly #verdicts = new Map<string, Verdict['verdict']>()
  /** The block that was shown to be final last; all its decisions come together. */
  #proved = 0
  #beganAt = 0
  #lastAt = 0
  #more = Promise.withResolvers<void>()
  /** Decisions in the chain. */
  count = 0
  /** Of the newest decision. */
  height = 0
  /** Letters on which there is more than one decision. */
  twice = 0

  /** @param genesis with what the chain began */
  constructor(scope: Scope, genesis: Genesis) {
    this.#decisions = decisions(scope)
    this.#client = new LightClient(genesis, crypto)
  }

  /** Between the first decision and the last. */
  get perSecond(): number {
    const seconds = (this.#lastAt - this.#beganAt) / 1_000
    return seconds > 0 ? this.count / seconds : 0
  }

  /** Goes on until it fails: with InvalidProofError for a decision that is none, or when the system ends. */
  async follow(): Promise<void> {
    for await (const decision of this.#decisions.follow<Verdict>(QUARANTINE)) {
      if (decision.height > this.#proved) await this.#prove(decision)
      this.#take(decision)
    }
  }

  /** Resolves when there is a decision on each of these letters. */
  async reached(messages: Iterable<string>): Promise<void> {
    for (const message of messages) while (!this.#verdicts.has(message)) await this.#more.promise
  }

  /** Whether this was decided on a letter. */
  has({ message, verdict }: Verdict): boolean {
    return this.#verdicts.get(message) === verdict
  }

  #take({ value: { message, verdict }, height }: FollowedDecision<Verdict>): void {
    this.#lastAt = performance.now()
    if (this.count === 0) this.#beganAt = this.#lastAt
    this.count++
    this.height = height
    if (this.#verdicts.has(message)) this.twice++
    else this.#verdicts.set(message, verdict)
    this.#more.resolve()
    this.#more = Promise.withResolvers()
  }

  /** The certificate of an old block may not be at hand, and that of a new epoch is of validators not known yet. */
  async #prove({ height, index, headers, certificate }: FollowedDecision): Promise<void> {
    const isAtHand =
      headers !== undefined && certificate !== undefined && headers[0]!.epoch <= this.#client.epoch
    const header = isAtHand
      ? this.#client.finalHeader({ headers, certificate })
      : await this.#proveAfresh({ height, index })
    if (header.height !== height)
      throw new InvalidProofError(`what is to prove a decision at height ${height} is of ${header.height}`)
    this.#proved = height
  }

  async #proveAfresh(place: Pick<FollowedDecision, 'height' | 'index'>) {
    const { epochs, transaction } = decodeProofFile(await this.#decisions.prove(place))
    for (const epoch of epochs.slice(this.#client.epoch)) this.#client.advance(epoch)
    return this.#client.transaction(transaction).header
  }
}
