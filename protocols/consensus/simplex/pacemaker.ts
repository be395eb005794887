/**
 * How long a view may take. Its leader speaks at once where there is work, else after `block_time`; what is beyond
 * that grows with each view in a row that brought nothing final, up to a bound, and is small again after the next
 * final block: so it exceeds any delay of the network in the end, and recovers with it.
 */
import type { Standing } from './standing.ts'

/** The first views in a row without a final block may be a faulty leader's; patience grows after these. */
const PATIENT_VIEWS = 2
const GROWTH = 1.5
/** Timeouts grow to so many times the first one. */
const MOST_GROWTH = 32

/** Milliseconds for a view that is the `missed`th in a row after the newest final one. */
export function viewTimeout(baseMs: number, missed: number): number {
  const growth = GROWTH ** Math.max(0, missed - PATIENT_VIEWS)
  return Math.round(baseMs * Math.min(MOST_GROWTH, growth))
}

export class Pacemaker {
  readonly #standing: Standing
  /** Whether something waits to be proposed or to become final. */
  readonly #hasWork: () => boolean
  #enteredAtMs = 0
  #timeoutMs = 0
  #deadlineMs = Number.POSITIVE_INFINITY
  #lookAgainMs = Number.POSITIVE_INFINITY
  #hurried = false

  constructor(standing: Standing, hasWork: () => boolean) {
    this.#standing = standing
    this.#hasWork = hasWork
  }

  get dueMs(): number {
    return Math.min(this.#deadlineMs, this.#lookAgainMs)
  }

  get enteredAtMs(): number {
    return this.#enteredAtMs
  }

  get timeoutMs(): number {
    return this.#timeoutMs
  }

  /** The next view begins. */
  enter(number: number): void {
    const { context, epoch, finalView, view } = this.#standing
    if (number < view || (number === view && this.#timeoutMs > 0)) return
    this.#standing.view = number
    this.#enteredAtMs = context.nowMs
    this.#timeoutMs = viewTimeout(epoch.seed.parameters.view_timeout, number - 1 - finalView)
    this.#hurried = false
    this.#lookAgainMs = Number.POSITIVE_INFINITY
    this.#deadlineMs = this.#enteredAtMs + context.genesis.block_time + this.#timeoutMs
    this.#hurry()
  }

  /** Time has passed, or there may be work; true where the view has taken too long. */
  tick(): boolean {
    const { nowMs } = this.#standing.context
    this.#lookAgainMs = Number.POSITIVE_INFINITY
    this.#hurry()
    if (nowMs < this.#deadlineMs) return false
    this.#deadlineMs = nowMs + this.#timeoutMs
    return true
  }

  /** The leader should look again then whether to propose, a voter whether to vote. */
  lookAgain(atMs: number): void {
    this.#lookAgainMs = Math.min(this.#lookAgainMs, atMs)
  }

  /** Where this validator knows of work, it gives the leader no longer than the timeout. */
  #hurry(): void {
    if (this.#hurried || !this.#hasWork()) return
    this.#hurried = true
    this.#deadlineMs = Math.min(this.#deadlineMs, this.#standing.context.nowMs + this.#timeoutMs)
  }
}
