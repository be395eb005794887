/**
 * What one clerk writes into the plan and the log. Entries that come while others are being stored are stored
 * together after them: first in the log, then counted in the plan, so that the plan never says too much.
 */
import type { Judging } from '../desk/judging.ts'
import {
  type CoordinationPlan,
  type SharedPlan,
  sizeOf,
  unfinishedOf,
} from '../documents/coordination-plan.ts'
import { type LogEntry, lettersIn, type SharedLog, writeEntry } from '../documents/decision-log.ts'

interface Waiting {
  readonly part: string
  readonly entry: LogEntry
}

export interface BooksParts {
  readonly clerk: string
  readonly plan: SharedPlan
  readonly log: SharedLog
  /** Whose troubles are told in the plan. */
  readonly judging: Judging
  readonly sleep: (ms: number) => Promise<void>
}

/** Entries of so long are stored together: few changes are less work than many, on each thread. */
const GATHER_MS = 100

export class Books {
  readonly #parts: BooksParts
  #waiting: Waiting[] = []
  #next: Promise<void> | null = null
  #last: Promise<void> = Promise.resolve()
  #closed = false
  readonly #told = { suspected: 0, repeated: 0 }

  constructor(parts: BooksParts) {
    this.#parts = parts
  }

  /** Begins a part, or goes on with it: gives the letters of it that are still to be judged. */
  async take(part: string): Promise<number[]> {
    const { clerk, plan } = this.#parts
    const { from, to, logged } = plan.view().parts[part]!
    await this.#seen(part, logged)
    await kept(
      plan.change((draft) => {
        draft.parts[part]!.state = 'taken'
        this.#count(draft, part)
      }, `${clerk} takes part ${part}`),
    )
    const ended = lettersIn(this.#entriesOf(part))
    return Array.from({ length: to - from }, (_, i) => from + i).filter((index) => !ended.has(index))
  }

  /** Resolves once the entry is in the log, and counted. */
  enter(part: string, entry: LogEntry): Promise<void> {
    this.#waiting.push({ part, entry })
    this.#next ??= this.#last = this.#last.then(() => this.#write())
    return this.#next
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#last.catch(() => undefined)
  }

  /**
   * Writes nothing more, as if the clerk were lost at this moment, where it has logged some letters of a part and
   * not all; gives whether that is so. Nobody else writes into its parts, so what it sees of them is how they are.
   */
  closeInTheMiddle(): boolean {
    const view = this.#parts.plan.view()
    this.#closed ||= unfinishedOf(view, this.#parts.clerk).some((id) => {
      const logged = lettersIn(this.#entriesOf(id)).size
      return logged > 0 && logged < sizeOf(view.parts[id]!)
    })
    return this.#closed
  }

  async #write(): Promise<void> {
    const { plan, log, clerk, sleep } = this.#parts
    await sleep(GATHER_MS)
    if (this.#closed) return
    this.#next = null
    const batches = Map.groupBy(this.#waiting, ({ part }) => part)
    this.#waiting = []
    const ids = [...batches.keys()]
    const where = `${ids.length === 1 ? 'part' : 'parts'} ${ids.join(', ')}`
    await kept(
      log.change((draft) => {
        for (const [part, batch] of batches) append(draft.parts[part]!, batch)
      }, `${clerk} logs letters of ${where}`),
    )
    await kept(
      plan.change((draft) => {
        for (const part of ids) this.#count(draft, part)
        this.#tell(draft)
      }, `${clerk} counts ${where}`),
    )
  }

  #count({ parts }: CoordinationPlan, id: string): void {
    const part = parts[id]!
    const logged = lettersIn(this.#entriesOf(id)).size
    part.done.increment(logged - part.done.value)
    if (logged === sizeOf(part)) part.state = 'done'
  }

  #tell(draft: CoordinationPlan): void {
    const { suspected } = this.#parts.judging.parsing
    const { repeated } = this.#parts.judging.deciding
    draft.suspected.increment(suspected - this.#told.suspected)
    draft.repeated.increment(repeated - this.#told.repeated)
    Object.assign(this.#told, { suspected, repeated })
  }

  #entriesOf(part: string): readonly string[] {
    return this.#parts.log.view().parts[part]!
  }

  /** Plan and log reach a thread by themselves, so the one may be ahead of the other. */
  async #seen(part: string, logged: number): Promise<void> {
    for await (const { parts } of this.#parts.log.watch()) if (parts[part]!.length >= logged) return
  }
}

/** A replica that was cut off from what others had logged may meanwhile have got it. */
function append(entries: string[], batch: readonly Waiting[]): void {
  const there = lettersIn([...entries])
  for (const { entry } of batch) if (!there.has(entry.index)) entries.push(writeEntry(entry))
}

/** What the keeper has not stored in time is in this thread's replica all the same, and sent again. */
async function kept(change: Promise<void>): Promise<void> {
  await change.catch((error: Error & { code?: string }) => {
    if (error.code !== 'NOT_KEPT') throw error
  })
}
