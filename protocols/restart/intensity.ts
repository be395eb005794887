/**
 * How many restarts are allowed in how much time, as in Erlang/OTP's supervisor.
 */
export interface Intensity {
  restarts: number
  withinMs: number
}

export const DEFAULT_INTENSITY: Readonly<Intensity> = { restarts: 3, withinMs: 5_000 }

/** The restarts of the recent past. */
export class RestartWindow {
  readonly intensity: Intensity
  /** Restarts counted since the start. */
  total = 0
  /** Times of restarts, oldest first; those before `#first` have left the window. */
  #times: number[] = []
  #first = 0

  constructor(intensity: Intensity) {
    this.intensity = intensity
  }

  /** Counts a restart at `now` (milliseconds); false when it is one too many, and then it is not kept. */
  allow(now: number): boolean {
    this.total++
    if (this.recent(now) >= this.intensity.restarts) return false
    this.#times.push(now)
    return true
  }

  /** Restarts within the window that ends at `now`. */
  recent(now: number): number {
    const times = this.#times
    while (this.#first < times.length && now - (times[this.#first] as number) > this.intensity.withinMs)
      this.#first++
    if (this.#first > 64 && this.#first * 2 > times.length) {
      this.#times = times.slice(this.#first)
      this.#first = 0
    }
    return this.#times.length - this.#first
  }
}
