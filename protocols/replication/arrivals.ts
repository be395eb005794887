/** What has arrived from one peer: which number comes next, and when to acknowledge. */
import type { ReplicationLimits } from './limits.ts'

/** Whether a message is the next one, comes after one that is lost, or is known or given up already. */
export type Place = 'next' | 'gap' | 'late'

/** An acknowledgement is not held back longer once so much of the peer's credit is used. */
const ACK_SHARE = 1 / 4

export class Arrivals {
  readonly #limits: ReplicationLimits
  #highest = 0
  #messages = 0
  #bytes = 0
  #ackDueMs = Number.POSITIVE_INFINITY

  constructor(limits: ReplicationLimits) {
    this.#limits = limits
  }

  /** The highest number that has arrived. */
  get highest(): number {
    return this.#highest
  }

  get ackDueMs(): number {
    return this.#ackDueMs
  }

  accept(seq: number, bytes: number, nowMs: number): Place {
    if (seq <= this.#highest) return 'late'
    const place = seq === this.#highest + 1 ? 'next' : 'gap'
    this.#highest = seq
    this.#messages++
    this.#bytes += bytes
    const { creditMessages, creditBytes, ackDelayMs } = this.#limits
    const much = this.#messages >= creditMessages * ACK_SHARE || this.#bytes >= creditBytes * ACK_SHARE
    this.#ackDueMs = Math.min(this.#ackDueMs, much ? nowMs : nowMs + ackDelayMs)
    return place
  }

  /** A message that tells the highest number is on its way. */
  acknowledged(): void {
    this.#messages = 0
    this.#bytes = 0
    this.#ackDueMs = Number.POSITIVE_INFINITY
  }

  /** The peer has begun anew. */
  reset(): void {
    this.#highest = 0
    this.acknowledged()
  }
}
