/** What the log still has to keep, by validator, each in the order of appending. */
import type { LogRecord } from './batch.ts'

/** What a record takes in memory and in the file beside its bytes and its validator's name. */
const OVERHEAD_BYTES = 64

export function weightOf(records: readonly LogRecord[]): number {
  return records.reduce(
    (sum, { validator, bytes }) => sum + validator.length + bytes.length + OVERHEAD_BYTES,
    0,
  )
}

export class KeptRecords {
  readonly #byValidator = new Map<string, LogRecord[]>()
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  add(records: readonly LogRecord[]): void {
    this.#bytes += weightOf(records)
    for (const record of records) {
      const known = this.#byValidator.get(record.validator)
      if (known) known.push(record)
      else this.#byValidator.set(record.validator, [record])
    }
  }

  of(validator: string): readonly LogRecord[] {
    return this.#byValidator.get(validator) ?? []
  }

  all(): LogRecord[] {
    return [...this.#byValidator.values()].flat()
  }

  /** Forgets what a validator has of views before this one. */
  forget(validator: string, view: number): void {
    const known = this.of(validator)
    const kept = known.filter((record) => record.view >= view)
    this.#bytes -= weightOf(known) - weightOf(kept)
    if (kept.length > 0) this.#byValidator.set(validator, kept)
    else this.#byValidator.delete(validator)
  }
}
