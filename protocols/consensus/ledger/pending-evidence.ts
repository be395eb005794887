/** Evidence that waits to be in a block: one piece against each validator, since all it did is punished at once. */
import { MAX_VALIDATORS } from '../codec/limits.ts'
import type { Evidence, PublicKey } from '../types.ts'

export class PendingEvidence {
  readonly #byOffender = new Map<PublicKey, Evidence>()

  get size(): number {
    return this.#byOffender.size
  }

  /** Has to be valid; keeps the newer piece, which stays valid for longer. */
  add(evidence: Evidence): void {
    const known = this.#byOffender.get(evidence.offender)
    if (known === undefined ? this.size >= MAX_VALIDATORS : known.first.epoch >= evidence.first.epoch) return
    this.#byOffender.set(evidence.offender, evidence)
  }

  all(): Evidence[] {
    return [...this.#byOffender.values()]
  }

  /** Keeps what can still lead to something. */
  settle(isDue: (evidence: Evidence) => boolean): void {
    for (const [offender, evidence] of this.#byOffender)
      if (!isDue(evidence)) this.#byOffender.delete(offender)
  }
}
