/** A clock whose time passes only when a test says so. */
import type { Clock } from '../../runtime/clock.ts'

export class FakeClock implements Clock {
  #now: number
  readonly #timers = new Set<{ at: number; run: () => void }>()

  constructor(now = 0) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#now
  }

  random(): number {
    return 0.5
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  defer(run: () => void): void {
    this.after(0, run)
  }

  soon(run: () => void): void {
    queueMicrotask(run)
  }

  /** Timers that have been set and not run. */
  get timers(): number {
    return this.#timers.size
  }

  /** Lets time pass, and runs on the way what becomes due. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
    }
    this.#now = end
  }

  #next(end: number) {
    return [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }
}
