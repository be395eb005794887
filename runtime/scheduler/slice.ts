/**
 * How long turns may go on before the event loop gets its turn.
 */
import type { Clock } from '../clock.ts'

/** Turns between two looks at the clock where turns are short. */
const MAX_STRIDE = 64

export class Slice {
  /** Clock time of the latest look, in milliseconds; exact enough for deadlines. */
  now: number
  /** Whether the slice has been used up. */
  done = false
  readonly #clock: Clock
  readonly #ms: number
  #end = 0
  #countdown = 0
  #stride = 1

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
    this.now = clock.now()
  }

  begin(): void {
    this.now = this.#clock.now()
    this.#end = this.now + this.#ms
    this.#countdown = this.#stride
    this.done = false
  }

  /** Uses the slice up before its time. */
  end(): void {
    this.#countdown = 0
    this.#end = Number.NEGATIVE_INFINITY
  }

  /** To be called after every turn; true once the slice has been used up. */
  over(): boolean {
    return --this.#countdown <= 0 && this.#look()
  }

  /** Looks rarely while turns are short and after each one when they are long. */
  #look(): boolean {
    const now = this.#clock.now()
    const elapsed = now - this.now
    this.now = now
    if (elapsed > this.#ms / 4) this.#stride = 1
    else if (elapsed < this.#ms / 16) this.#stride = Math.min(this.#stride * 2, MAX_STRIDE)
    this.#countdown = this.#stride
    this.done = now >= this.#end
    return this.done
  }
}
