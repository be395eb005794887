/** The documents that the team shares during one job, and what came of sharing them. */
import type { SharedDocument } from '../../../actors/replica/index.ts'
import type { ActorSystem } from '../../../runtime/index.ts'
import { newPlan, openPlan, type SharedPlan, sizeOf } from '../documents/coordination-plan.ts'
import { keptLog, lettersIn, newLog, openLog, type SharedLog } from '../documents/decision-log.ts'
import type { HandOver } from './dispatch.ts'
import { doneTwice, lost } from './log-reader.ts'

/** As the report has it. */
export interface CoordinationReport {
  readonly parts: number
  readonly handedOver: readonly HandOver[]
  /** Letters that the log has more than once. */
  readonly doneTwice: number
  /** Letters of parts that were done, and that the log does not have. */
  readonly lost: number
  /** Length of the history of each document. */
  readonly changes: { readonly plan: number; readonly log: number }
}

/** Changes that are read of a history at once. */
const PAGE = 1_000

export class Coordination {
  readonly plan: SharedPlan
  readonly log: SharedLog
  readonly handedOver: HandOver[] = []

  readonly #system: ActorSystem

  private constructor(system: ActorSystem, plan: SharedPlan, log: SharedLog) {
    this.#system = system
    this.plan = plan
    this.log = log
  }

  /** Makes the plan and the log for so many letters. */
  static async begin(system: ActorSystem, letters: number, clerks: readonly string[]): Promise<Coordination> {
    const plan = newPlan(letters, clerks)
    return new Coordination(system, await openPlan(system, plan), await openLog(system, newLog(plan)))
  }

  /** A clerk that has logged some letters of its part and not all, where another could go on with it. */
  ownerInTheMiddle(): string | null {
    const { parts, clerks } = this.plan.view()
    const logged = this.log.view().parts
    if (Object.values(clerks).filter((state) => state === 'at work').length < 2) return null
    const middle = Object.entries(parts).find(([id, part]) => {
      const count = logged[id]!.length
      return part.state === 'taken' && count > 0 && count < sizeOf(part) && clerks[part.owner!] === 'at work'
    })
    return middle?.[1].owner ?? null
  }

  /** Letters that the keeper has in the log; all of them may not have come to this thread yet. */
  async logged(): Promise<number> {
    const { parts } = await keptLog(this.#system, this.log)
    return Object.values(parts).reduce((sum, entries) => sum + lettersIn(entries).size, 0)
  }

  /** To be called before the system ends, with which the documents are closed. */
  report(): CoordinationReport {
    const plan = this.plan.view()
    return {
      parts: Object.keys(plan.parts).length,
      handedOver: this.handedOver,
      doneTwice: doneTwice(this.log),
      lost: lost(plan, this.log),
      changes: { plan: changesOf(this.plan), log: changesOf(this.log) },
    }
  }
}

function changesOf<T extends object>(document: SharedDocument<T>): number {
  let changes = 0
  for (let before = document.version(); ; ) {
    const { entries, next } = document.history({ limit: PAGE, before })
    changes += entries.length
    if (next === null) return changes
    before = next
  }
}
