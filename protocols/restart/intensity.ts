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
  readonly #intensity: Intensity
  /** A ring of the times of the newest restarts, at most one more than are allowed. */
  readonly #times: number[] = []
  #next = 0
  #count = 0

  constructor(intensity: Intensity) {
    this.#intensity = intensity
  }

  /** Counts a restart at `now` (milliseconds); false when it is one too many. */
  allow(now: number): boolean {
    this.#count++
    const { restarts, withinMs } = this.#intensity
    if (restarts === 0) return false
    if (this.#times.length < restarts) {
      this.#times.push(now)
      return true
    }
    const oldest = this.#times[this.#next] as number
    if (now - oldest <= withinMs) return false
    this.#times[this.#next] = now
    this.#next = (this.#next + 1) % restarts
    return true
  }

  /** Restarts counted within the window that ends at `now`. */
  recent(now: number): number {
    return this.#times.filter((time) => now - time <= this.#intensity.withinMs).length
  }

  /** Restarts counted since the start. */
  get total(): number {
    return this.#count
  }

  get intensity(): Intensity {
    return this.#intensity
  }
}
