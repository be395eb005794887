/** What a validator has found out about others and itself, the newest: to be shown, and to bring proof into a block. */
import type { Alert } from '../../../protocols/consensus/events.ts'
import type { Evidence, PublicKey } from '../../../protocols/consensus/types.ts'
import type { NodeListeners } from './options.ts'

/** Alerts and accusations that are kept. */
const REMEMBERED = 64
/** What is wrong with one peer is told so often. */
const SUSPECT_MS = 10_000

export class Findings {
  readonly alerts: { readonly atMs: number; readonly alert: Alert }[] = []
  readonly accusations: Evidence[] = []
  readonly #listeners: NodeListeners
  readonly #now: () => number
  readonly #suspectedAtMs = new Map<PublicKey, number>()

  constructor(listeners: NodeListeners, now: () => number) {
    this.#listeners = listeners
    this.#now = now
  }

  alert(alert: Alert): void {
    remember(this.alerts, { atMs: this.#now(), alert })
    this.#listeners.alert?.(alert)
  }

  /** The peer sends what no honest one does: told from time to time, however much of it there is. */
  suspect(validator: PublicKey, what: string): void {
    const nowMs = this.#now()
    if (nowMs < (this.#suspectedAtMs.get(validator) ?? Number.NEGATIVE_INFINITY) + SUSPECT_MS) return
    this.#suspectedAtMs.set(validator, nowMs)
    this.alert({ kind: 'invalid', validator, what })
  }

  accuse(evidence: Evidence): void {
    remember(this.accusations, evidence)
    this.#listeners.accused?.(evidence)
  }

  against(offender: PublicKey): Evidence | undefined {
    return this.accusations.findLast((one) => one.offender === offender)
  }
}

function remember<T>(list: T[], item: T): void {
  list.push(item)
  if (list.length > REMEMBERED) list.shift()
}
