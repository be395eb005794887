/**
 * When to compare heads with a peer: soon after something happened, and ever more rarely while nothing
 * does. Chance spreads the moments, so that many documents don't all speak at once.
 */
import type { ReplicationLimits } from './limits.ts'

export class AntiEntropy {
  readonly #limits: ReplicationLimits
  readonly #random: () => number
  #intervalMs: number
  #dueMs: number

  /** @param random gives numbers from 0 up to 1 */
  constructor(limits: ReplicationLimits, random: () => number, nowMs: number) {
    this.#limits = limits
    this.#random = random
    this.#intervalMs = limits.digestMs
    this.#dueMs = nowMs + this.#pause()
  }

  get dueMs(): number {
    return this.#dueMs
  }

  /** Something changed, so the next comparison is soon. A steady stream of changes does not put it off. */
  stir(nowMs: number): void {
    if (this.#intervalMs === this.#limits.digestMs) return
    this.#intervalMs = this.#limits.digestMs
    this.#dueMs = Math.min(this.#dueMs, nowMs + this.#pause())
  }

  /** Heads have been compared, or sent to be: the next time is later. */
  rest(nowMs: number): void {
    this.#intervalMs = Math.min(this.#intervalMs * 2, this.#limits.digestMaxMs)
    this.#dueMs = nowMs + this.#pause()
  }

  #pause(): number {
    return this.#intervalMs * (0.5 + 0.5 * this.#random())
  }
}
