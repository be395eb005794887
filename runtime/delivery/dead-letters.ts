/**
 * Messages that no actor handled, with the reason. All are counted; the newest are kept on the thread
 * that started the system, where operators look.
 */
import type { DeadLetter } from '../actor/types.ts'
import type { Clock } from '../clock.ts'
import type { DeadLetterRecord } from '../telemetry/control.ts'

/** Records that a thread sends on per second; beyond it they are only counted. */
const FORWARDED_PER_SECOND = 1_000

export class DeadLetters {
  /** All since the start. */
  count = 0
  readonly #clock: Clock
  readonly #forward: (record: DeadLetterRecord) => void
  #second = 0
  #forwarded = 0

  constructor(clock: Clock, forward: (record: DeadLetterRecord) => void) {
    this.#clock = clock
    this.#forward = forward
  }

  record(letter: DeadLetter & { from?: string; detail?: string }): void {
    this.count++
    const at = this.#clock.wall()
    const second = Math.floor(at / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#forwarded = 0
    }
    if (this.#forwarded++ < FORWARDED_PER_SECOND) this.#forward({ at, ...letter })
  }
}

/** The newest records, in a ring. */
export class DeadLetterRing {
  readonly #limit: number
  readonly #ring: DeadLetterRecord[] = []
  #next = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(record: DeadLetterRecord): void {
    if (this.#ring.length < this.#limit) this.#ring.push(record)
    else this.#ring[this.#next] = record
    this.#next = (this.#next + 1) % this.#limit
  }

  /** Oldest first. */
  list(): DeadLetterRecord[] {
    if (this.#ring.length < this.#limit) return [...this.#ring]
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)]
  }
}
