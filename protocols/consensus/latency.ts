/**
 * Who votes much later than the others. What is compared is how long after the first vote of a view each other one
 * comes, in the mean of many views, so that neither a slow network nor a slow leader is anybody's fault.
 */
import type { PublicKey } from './types.ts'

/** Views that are compared; votes for others are forgotten. */
const VIEWS = 32
/** The share of a new lag in the mean. */
const SHARE = 1 / 16
/** Before so many votes nothing is said about a validator. */
const ENOUGH = 32
/** Late is who comes so many times later than the median of all, and at least so much. */
const TIMES = 4
const LEAST_MS = 100

interface Lag {
  votes: number
  meanMs: number
}

export class Latency {
  readonly #firstMs = new Map<number, number>()
  readonly #lags = new Map<PublicKey, Lag>()
  readonly #late = new Set<PublicKey>()

  /** These are compared from now on, in views that are counted anew. */
  expect(keys: readonly PublicKey[]): void {
    const expected = new Set(keys)
    for (const key of this.#lags.keys()) if (!expected.has(key)) this.#lags.delete(key)
    for (const key of keys) if (!this.#lags.has(key)) this.#lags.set(key, { votes: 0, meanMs: 0 })
    for (const key of this.#late) if (!expected.has(key)) this.#late.delete(key)
    this.#firstMs.clear()
  }

  /** Milliseconds by which the voter is late in the mean, once when it has become so. */
  voted(key: PublicKey, view: number, nowMs: number): number | undefined {
    const lag = this.#lags.get(key)
    if (lag === undefined) return undefined
    const firstMs = this.#firstOf(view, nowMs)
    if (firstMs === undefined) return undefined
    lag.votes++
    lag.meanMs += (nowMs - firstMs - lag.meanMs) * Math.max(SHARE, 1 / lag.votes)
    if (lag.votes < ENOUGH) return undefined
    if (lag.meanMs <= LEAST_MS || lag.meanMs <= TIMES * this.#medianMs()) {
      this.#late.delete(key)
      return undefined
    }
    if (this.#late.has(key)) return undefined
    this.#late.add(key)
    return lag.meanMs
  }

  /** Undefined for a view so old that it is forgotten. */
  #firstOf(view: number, nowMs: number): number | undefined {
    const known = this.#firstMs.get(view)
    if (known !== undefined) return known
    for (const old of this.#firstMs.keys()) {
      if (this.#firstMs.size < VIEWS) break
      if (old > view) return undefined
      this.#firstMs.delete(old)
    }
    this.#firstMs.set(view, nowMs)
    return nowMs
  }

  #medianMs(): number {
    const means = [...this.#lags.values()].map(({ meanMs }) => meanMs).sort((a, b) => a - b)
    return means[means.length >> 1]!
  }
}
