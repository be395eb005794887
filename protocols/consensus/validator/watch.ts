/** What a validator tells people of: peers that are silent, late or make no sense, and a chain that does not go on. */
import { Anomalies } from '../anomaly.ts'
import type { Alert } from '../events.ts'
import type { Context } from '../simplex/context.ts'
import type { PublicKey, Vote } from '../types.ts'

/** Silence for so many times `finality_time` is told of: all speak at least once in `block_time`, and views take longer where somebody is missing. */
const SILENT_PERIODS = 3

export class Watch {
  readonly #context: Context
  readonly #anomalies: Anomalies
  /** Since then there has been work, or something has become final. */
  #sinceMs = 0
  #lateAtMs = Number.POSITIVE_INFINITY

  constructor(context: Context) {
    this.#context = context
    this.#anomalies = new Anomalies(SILENT_PERIODS * context.genesis.finality_time)
  }

  get dueMs(): number {
    return this.#lateAtMs
  }

  /** These are the members of the epoch that begins. */
  expect(keys: readonly PublicKey[]): void {
    const { nowMs, self } = this.#context
    this.#anomalies.expect(
      keys.filter((key) => key !== self),
      nowMs,
    )
  }

  heard(from: PublicKey): void {
    this.#anomalies.heard(from, this.#context.nowMs)
  }

  /** `view` is the current one. */
  voted(from: PublicKey, { kind, view: number }: Vote, view: number): void {
    if (kind !== 'notarize' || number > view + 1) return
    this.#tell(this.#anomalies.voted(from, number, this.#context.nowMs))
  }

  invalid(from: PublicKey, what: string): void {
    this.#tell(this.#anomalies.invalid(from, what, this.#context.nowMs))
  }

  diverged(height: number): void {
    this.#tell({ kind: 'diverged', height })
  }

  /** Something has become final; what still waits is given its time anew. */
  final(): void {
    this.#lateAtMs = Number.POSITIVE_INFINITY
    this.work()
  }

  /** Counts the time from when there is work. */
  work(): void {
    const { application, genesis, nowMs } = this.#context
    if (this.#lateAtMs !== Number.POSITIVE_INFINITY || !application.hasWork([])) return
    this.#sinceMs = nowMs
    this.#lateAtMs = nowMs + genesis.finality_time
  }

  tick(): void {
    const { genesis, nowMs } = this.#context
    for (const alert of this.#anomalies.silent(nowMs)) this.#tell(alert)
    if (nowMs < this.#lateAtMs) return
    this.#lateAtMs = nowMs + genesis.finality_time
    this.#tell({ kind: 'finality-late', sinceMs: nowMs - this.#sinceMs })
  }

  #tell(alert: Alert | undefined): void {
    if (alert !== undefined) this.#context.outbox.push({ kind: 'alert', alert })
  }
}
