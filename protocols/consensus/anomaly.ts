/**
 * What looks wrong without being proof: silence, lateness, and things that make no sense. It is told to people and changes
 * nothing here: what costs a validator its reputation is in the committed certificates, and what costs its stake is
 * evidence.
 */
import type { Alert } from './events.ts'
import { Latency } from './latency.ts'
import type { PublicKey } from './types.ts'

/** The same validator is not told of again within this time, so that nobody can flood the log. */
const QUIET_MS = 1_000

export class Anomalies {
  readonly #silentMs: number
  readonly #heardMs = new Map<PublicKey, number>()
  readonly #silent = new Set<PublicKey>()
  readonly #toldMs = new Map<PublicKey, number>()
  readonly #latency = new Latency()

  constructor(silentMs: number) {
    this.#silentMs = silentMs
  }

  /** These are listened for from now on, and nobody else. */
  expect(keys: readonly PublicKey[], nowMs: number): void {
    const expected = new Set(keys)
    for (const key of this.#heardMs.keys()) if (!expected.has(key)) this.#forget(key)
    for (const key of keys) if (!this.#heardMs.has(key)) this.#heardMs.set(key, nowMs)
    this.#latency.expect(keys)
  }

  heard(key: PublicKey, nowMs: number): void {
    if (!this.#heardMs.has(key)) return
    this.#heardMs.set(key, nowMs)
    this.#silent.delete(key)
  }

  /** A vote for a block has come; undefined unless its voter has become much later than the others. */
  voted(key: PublicKey, view: number, nowMs: number): Alert | undefined {
    const byMs = this.#latency.voted(key, view, nowMs)
    return byMs === undefined ? undefined : { kind: 'late', validator: key, byMs }
  }

  /** Those that have become silent, each once. */
  silent(nowMs: number): Alert[] {
    const alerts: Alert[] = []
    for (const [validator, heardMs] of this.#heardMs) {
      const sinceMs = nowMs - heardMs
      if (sinceMs < this.#silentMs || this.#silent.has(validator)) continue
      this.#silent.add(validator)
      alerts.push({ kind: 'silent', validator, sinceMs })
    }
    return alerts
  }

  /** Undefined where the same validator was told of just now. A stranger is told of once in that time as well. */
  invalid(from: PublicKey, what: string, nowMs: number): Alert | undefined {
    const validator = this.#heardMs.has(from) ? from : ''
    if (nowMs < (this.#toldMs.get(validator) ?? Number.NEGATIVE_INFINITY) + QUIET_MS) return undefined
    this.#toldMs.set(validator, nowMs)
    return { kind: 'invalid', validator: from, what }
  }

  #forget(key: PublicKey): void {
    this.#heardMs.delete(key)
    this.#silent.delete(key)
    this.#toldMs.delete(key)
  }
}
