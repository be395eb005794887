/**
 * Fills the ledger from the decision log as it grows, each letter once. What the log has twice, or has not
 * although the plan says that it was done, is found out at the end.
 */
import { type CoordinationPlan, sizeOf } from '../documents/coordination-plan.ts'
import { lettersIn, readEntry, type SharedLog } from '../documents/decision-log.ts'
import type { Ending } from './ledger.ts'

export class LogReader {
  readonly #log: SharedLog
  readonly #ends: readonly ((ending: Ending) => void)[]
  readonly #onEnded: (ended: number) => void
  readonly #ended = new Set<number>()
  /** Entries of each part that were read. */
  readonly #read = new Map<string, number>()

  /**
   * @param ends what to call with the ending of each letter
   * @param onEnded called after each letter with how many there are by now
   */
  constructor(log: SharedLog, ends: readonly ((ending: Ending) => void)[], onEnded: (ended: number) => void) {
    this.#log = log
    this.#ends = ends
    this.#onEnded = onEnded
  }

  /** Reads until the log has been closed, or has `letters` of them. */
  async follow(letters = this.#ends.length): Promise<void> {
    if (letters === 0) return
    for await (const { parts } of this.#log.watch()) {
      for (const [part, entries] of Object.entries(parts)) this.#readPart(part, entries)
      if (this.#ended.size >= letters) return
    }
  }

  /** New entries are mostly the last, but after a hand-over they may be among those of a clerk that is gone. */
  #readPart(part: string, entries: readonly string[]): void {
    if (entries.length === this.#read.get(part)) return
    this.#read.set(part, entries.length)
    for (const { index, ending } of entries.map(readEntry)) {
      if (this.#ended.has(index)) continue
      this.#ended.add(index)
      this.#ends[index]?.(ending)
      this.#onEnded(this.#ended.size)
    }
  }
}

/** Letters that the log has more than once. */
export function doneTwice(log: SharedLog): number {
  const lists = Object.values(log.view().parts)
  return lists.reduce((sum, entries) => sum + entries.length - lettersIn(entries).size, 0)
}

/** Letters of parts that are done by the plan, and that the log does not have. */
export function lost({ parts }: Readonly<CoordinationPlan>, log: SharedLog): number {
  const done = Object.entries(parts).filter(([, { state }]) => state === 'done')
  const logged = log.view().parts
  return done.reduce((sum, [id, part]) => sum + sizeOf(part) - lettersIn(logged[id]!).size, 0)
}
