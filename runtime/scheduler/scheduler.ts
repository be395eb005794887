/**
 * Gives the actors of one thread their turns, round robin.
 *
 *   ready(cell) -> run queue -> turns of one actor -> ... -> flush what goes to other threads
 *
 * A thread that becomes busy starts at once, in a microtask; one that stays busy lets the event loop
 * have its turn after each slice.
 */
import { outsideTurns } from '../actor/ambient.ts'
import type { Cell } from '../actor/cell.ts'
import { runTurns } from '../actor/turn.ts'
import type { Clock } from '../clock.ts'
import { Slice } from './slice.ts'

/** Wake-ups by microtask in a row; more would keep sockets and timers waiting. */
const MICROTASKS_IN_A_ROW = 256

export class Scheduler {
  readonly slice: Slice
  readonly #clock: Clock
  /** Hands over what the turns sent to other threads. */
  readonly #flush: () => void
  /** The last of the run queue, a ring; its `nextReady` is the first. */
  #last: Cell | null = null
  /** Whether the queue is being seen to, or will be. */
  #awake = false
  #draining = false
  #microtasks = MICROTASKS_IN_A_ROW
  readonly #run = () => this.#drain()
  readonly #runDeferred = () => {
    this.#microtasks = MICROTASKS_IN_A_ROW
    this.#drain()
  }

  constructor(clock: Clock, sliceMs: number, flush: () => void) {
    this.#clock = clock
    this.slice = new Slice(clock, sliceMs)
    this.#flush = flush
  }

  /** Puts an actor that has something to do into the run queue. */
  ready(cell: Cell): void {
    if (cell.nextReady !== null) return
    const last = this.#last
    if (last === null) cell.nextReady = cell
    else {
      cell.nextReady = last.nextReady
      last.nextReady = cell
    }
    this.#last = cell
    if (!this.#awake) this.wake()
  }

  /** Makes sure that the queue is seen to, and what was sent is flushed, soon. */
  wake(): void {
    if (this.#awake) return
    this.#awake = true
    if (this.#microtasks-- > 0) this.#clock.soon(this.#run)
    else this.#clock.defer(this.#runDeferred)
  }

  /** Runs what is ready without delay; for the arrival of messages from another thread. */
  runNow(): void {
    if (!this.#draining) this.#runDeferred()
  }

  #drain(): void {
    this.#awake = true
    this.#draining = true
    try {
      outsideTurns(this.#loop)
    } finally {
      this.#draining = false
      this.#awake = false
      this.#flush()
      if (this.#last !== null && !this.#awake) {
        this.#awake = true
        this.#clock.defer(this.#runDeferred)
      }
    }
  }

  readonly #loop = () => {
    const { slice } = this
    slice.begin()
    for (let last = this.#last; last !== null && !slice.done; last = this.#last) {
      const cell = last.nextReady as Cell
      if (cell === last) this.#last = null
      else last.nextReady = cell.nextReady
      cell.nextReady = null
      runTurns(cell, slice)
    }
  }
}
