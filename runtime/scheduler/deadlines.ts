/**
 * The deadlines of all asks of a thread: a hashed timer wheel (Varghese and Lauck, 1987) with one
 * timer of the platform. Adding and removing are a few assignments; an ask that is answered leaves
 * at once.
 */
import type { Clock } from '../clock.ts'

const TICK_MS = 8
/** A power of two; deadlines beyond one round stay in their slot for more rounds. */
const SLOTS = 1024

/** Something that waits until a moment; linked into the wheel through its own fields. */
export abstract class Waiting {
  /** Clock time in milliseconds. */
  deadline = Number.POSITIVE_INFINITY
  before: Waiting | null = null
  after: Waiting | null = null
  abstract expire(): void
}

class Slot extends Waiting {
  constructor() {
    super()
    this.before = this
    this.after = this
  }
  expire(): void {}
}

export class Deadlines {
  readonly #clock: Clock
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => new Slot())
  #size = 0
  /** The tick for which the timer is set; Infinity while there is none. */
  #armed = Number.POSITIVE_INFINITY
  #cancel: (() => void) | undefined
  /** All ticks up to this one have been seen to. */
  #done: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#done = Math.floor(clock.now() / TICK_MS)
  }

  add(waiting: Waiting): void {
    const tick = Math.max(Math.ceil(waiting.deadline / TICK_MS), this.#done + 1)
    const slot = this.#slots[tick % SLOTS] as Slot
    const last = slot.before as Waiting
    last.after = waiting
    waiting.before = last
    waiting.after = slot
    slot.before = waiting
    this.#size++
    if (tick < this.#armed) this.#arm(tick)
  }

  remove(waiting: Waiting): void {
    if (waiting.before === null) return
    waiting.before.after = waiting.after
    ;(waiting.after as Waiting).before = waiting.before
    waiting.before = null
    waiting.after = null
    this.#size--
  }

  get size(): number {
    return this.#size
  }

  stop(): void {
    this.#cancel?.()
    this.#armed = Number.POSITIVE_INFINITY
  }

  #arm(tick: number): void {
    this.#cancel?.()
    this.#armed = tick
    this.#cancel = this.#clock.after(tick * TICK_MS - this.#clock.now(), () => this.#advance())
  }

  #advance(): void {
    const now = this.#clock.now()
    const current = Math.floor(now / TICK_MS)
    const from = Math.max(this.#done + 1, current - SLOTS + 1)
    this.#armed = Number.POSITIVE_INFINITY
    this.#done = current
    for (let tick = from; tick <= current; tick++) this.#expire(this.#slots[tick % SLOTS] as Slot, now)
    this.#armNext(current)
  }

  #expire(slot: Slot, now: number): void {
    let waiting = slot.after as Waiting
    while (waiting !== slot) {
      const following = waiting.after as Waiting
      if (waiting.deadline <= now) {
        this.remove(waiting)
        waiting.expire()
      }
      // What expired may have removed others; one that is out of the wheel has no neighbours.
      waiting = following.before === null ? (slot.after as Waiting) : following
    }
  }

  #armNext(current: number): void {
    if (this.#size === 0) return
    for (let tick = current + 1; tick <= current + SLOTS; tick++) {
      const slot = this.#slots[tick % SLOTS] as Slot
      if (slot.after === slot) continue
      if (tick < this.#armed) this.#arm(tick)
      return
    }
  }
}
