/**
 * How much is on its way to one peer: messages are numbered, and until they are acknowledged they use up
 * the peer's credit. Nothing is kept to be sent again; what is lost is made up for by catch-up.
 */
import type { ReplicationLimits } from './limits.ts'

export class Credit {
  readonly #limits: ReplicationLimits
  #sent: { seq: number; bytes: number }[] = []
  #bytes = 0
  #lastSeq = 0
  #timeoutMs: number
  #timeoutAtMs = Number.POSITIVE_INFINITY

  constructor(limits: ReplicationLimits) {
    this.#limits = limits
    this.#timeoutMs = limits.lossTimeoutMs
  }

  /** May one more message be sent? The last one may exceed the bytes, or a large one could never go. */
  get room(): boolean {
    return this.#sent.length < this.#limits.creditMessages && this.#bytes < this.#limits.creditBytes
  }

  /** Is at least half of the credit back? Catching up earlier would soon have to stop again. */
  get ample(): boolean {
    return this.#sent.length * 2 <= this.#limits.creditMessages && this.#bytes * 2 <= this.#limits.creditBytes
  }

  /** Is nothing on its way? */
  get idle(): boolean {
    return this.#sent.length === 0
  }

  /** When what is on its way counts as lost. */
  get timeoutAtMs(): number {
    return this.#timeoutAtMs
  }

  /** Counts a message that is sent now, and gives it its number. */
  spend(bytes: number, nowMs: number): number {
    if (this.idle) this.#timeoutAtMs = nowMs + this.#timeoutMs
    this.#sent.push({ seq: ++this.#lastSeq, bytes })
    this.#bytes += bytes
    return this.#lastSeq
  }

  /** The peer has seen all messages up to this number, or knows that they are lost. */
  acknowledge(upTo: number, nowMs: number): void {
    const count = this.#sent.findIndex(({ seq }) => seq > upTo)
    const seen = this.#sent.splice(0, count === -1 ? this.#sent.length : count)
    if (seen.length === 0) return
    for (const { bytes } of seen) this.#bytes -= bytes
    this.#timeoutMs = this.#limits.lossTimeoutMs
    this.#timeoutAtMs = this.idle ? Number.POSITIVE_INFINITY : nowMs + this.#timeoutMs
  }

  /** Gives up on what is on its way, and waits twice as long the next time. */
  giveUp(): void {
    this.#timeoutMs = Math.min(this.#timeoutMs * 2, this.#limits.lossTimeoutMaxMs)
    this.#clear()
  }

  /** The peer has begun anew and knows nothing of what was sent. */
  reset(): void {
    this.#timeoutMs = this.#limits.lossTimeoutMs
    this.#clear()
  }

  #clear(): void {
    this.#sent = []
    this.#bytes = 0
    this.#timeoutAtMs = Number.POSITIVE_INFINITY
  }
}
