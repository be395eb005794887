/** Votes in the memory of the process: they outlive a validator's thread, but not the process. */
import { KeptRecords } from './kept-records.ts'
import type { VoteLogRecord } from './vote-log.ts'

export class VolatileVotes {
  readonly tornBytes = 0
  readonly #kept = new KeptRecords()

  records(validator: string): VoteLogRecord[] {
    return this.#kept.of(validator).map(({ view, bytes }) => ({ view, bytes }))
  }

  async append(validator: string, records: readonly VoteLogRecord[]): Promise<void> {
    this.#kept.add(records.map(({ view, bytes }) => ({ validator, view, bytes })))
  }

  forget(validator: string, view: number): void {
    this.#kept.forget(validator, view)
  }

  async close(): Promise<void> {}
}
