/**
 * Time that stands still until a test moves it, and the clocks that show it.
 */
import { AsyncResource } from 'node:async_hooks'
import type { Clock } from '../clock.ts'
import type { EventLoop, Task } from './event-loop.ts'

/** The wall clock of every test starts here, so that nothing depends on when it runs. */
const EPOCH_MS = Date.UTC(2000, 0, 1)

interface Timer {
  readonly at: number
  readonly loop: EventLoop
  readonly run: Task
  cancelled: boolean
}

export class VirtualTime {
  /** Milliseconds since the start of the test system. */
  now = 0
  /** In the order in which they fire. */
  readonly #timers: Timer[] = []

  /** Sets a timer; the returned function cancels it, also once it is due. */
  after(loop: EventLoop, ms: number, run: Task): () => void {
    const timer: Timer = { at: this.now + Math.max(ms, 0), loop, run, cancelled: false }
    if (timer.at <= this.now) this.#fire(timer)
    else this.#timers.splice(this.#placeOf(timer.at), 0, timer)
    return () => {
      timer.cancelled = true
    }
  }

  /** When the next timer is due; Infinity where there is none. */
  get next(): number {
    while (this.#timers[0] !== undefined && (this.#timers[0].cancelled || !this.#timers[0].loop.runs))
      this.#timers.shift()
    return this.#timers[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** Moves time to the next timer and makes it due. Does nothing where there is none. */
  fireNext(): void {
    if (this.next === Number.POSITIVE_INFINITY) return
    const timer = this.#timers.shift() as Timer
    this.now = timer.at
    this.#fire(timer)
  }

  #fire(timer: Timer): void {
    timer.loop.due(() => {
      if (!timer.cancelled) timer.run()
    })
  }

  /** Behind all that fire at the same time or earlier. */
  #placeOf(at: number): number {
    let from = 0
    let to = this.#timers.length
    while (from < to) {
      const middle = (from + to) >> 1
      if ((this.#timers[middle] as Timer).at <= at) from = middle + 1
      else to = middle
    }
    return from
  }
}

/** The clock of one simulated thread. Its code keeps the async context in which it was handed over. */
export function virtualClock(time: VirtualTime, loop: EventLoop, random: () => number): Clock {
  return {
    now: () => time.now,
    wall: () => EPOCH_MS + time.now,
    random,
    after: (ms, run) => time.after(loop, ms, inItsContext(run)),
    defer: (run) => loop.defer(inItsContext(run)),
    soon: (run) => loop.soon(inItsContext(run)),
  }
}

/** Code that runs in the async context in which it is handed over. */
function inItsContext(run: Task): Task {
  const context = new AsyncResource('neuroplex.task', { requireManualDestroy: true })
  return () => context.runInAsyncScope(run)
}
