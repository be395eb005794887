/**
 * Gives out the parts of the plan: a few to each clerk, more as they are done, and those of a clerk that is
 * gone for good to others. It alone writes who owns a part.
 *
 *     a clerk is gone ─▶ all that it logged is in the keeper's log ─▶ seen here ─▶ its parts get new owners
 */
import type { ActorRef, ActorSystem } from '../../../runtime/index.ts'
import {
  type CoordinationPlan,
  type SharedPlan,
  sizeOf,
  unfinishedOf,
} from '../documents/coordination-plan.ts'
import { keptLog, type SharedLog } from '../documents/decision-log.ts'
import type { Clerk } from '../team/clerk.ts'
import type { Clerks } from '../team/start.ts'

/** Parts that a clerk has at a time, so that it need not wait for the next one. */
const AHEAD = 2

export interface HandOver {
  readonly part: string
  readonly from: string
  readonly to: string
  /** Letters of the part that were in the log. */
  readonly after: number
  readonly letters: number
}

export interface DispatchParts {
  readonly system: ActorSystem
  readonly plan: SharedPlan
  readonly log: SharedLog
  readonly clerks: Clerks
  readonly onHandOver: (handOver: HandOver) => void
}

export class Dispatch {
  readonly #parts: DispatchParts

  constructor(parts: DispatchParts) {
    this.#parts = parts
  }

  /** Resolves when all parts are done. Rejects when no clerk is left. */
  async run(signal: AbortSignal): Promise<void> {
    const { plan, clerks } = this.#parts
    const ends = [...clerks.refs].map(([name, ref]) => this.#watch(name, ref))
    try {
      for await (const view of plan.watch()) {
        if (signal.aborted || isDone(view)) return
        if (workers(view).length === 0) throw new Error('All clerks are gone; nobody is left to decide.')
        for (const name of Object.keys(view.clerks))
          if (view.clerks[name] === 'gone' && unfinishedOf(view, name).length > 0) await this.#handOver(name)
        await this.#assign()
      }
    } finally {
      for (const end of ends) end()
    }
  }

  /** The plan itself says who is gone, which is also what wakes this one. */
  #watch(name: string, ref: ActorRef<Clerk>): () => void {
    const { system, plan } = this.#parts
    return system.watch(ref, () => {
      const told = plan.change((draft) => {
        draft.clerks[name] = 'gone'
      }, `${name} is gone`)
      told.catch(() => undefined)
    })
  }

  async #assign(): Promise<void> {
    const { plan } = this.#parts
    const given = assignments(plan.view())
    if (given.length === 0) return
    await plan.change(
      ({ parts }) => {
        for (const [id, owner] of given) parts[id]!.owner = owner
      },
      given.map(([id, owner]) => `part ${id} to ${owner}`).join(', '),
    )
  }

  async #handOver(from: string): Promise<void> {
    const { plan, log, clerks, onHandOver } = this.#parts
    await clerks.dismiss(from)
    await this.#seeAllOf(from)
    const handOvers: HandOver[] = []
    await plan.change((draft) => {
      for (const id of unfinishedOf(draft, from)) {
        const part = draft.parts[id]!
        const to = leastBusy(draft)
        const after = log.view().parts[id]!.length
        Object.assign(part, { owner: to, state: 'open', logged: after })
        handOvers.push({ part: id, from, to, after, letters: sizeOf(part) })
      }
    }, `the parts of ${from} to others`)
    for (const handOver of handOvers) onHandOver(handOver)
  }

  /** What a clerk stored before it ended is in the keeper's log, and may still be on its way to this thread. */
  async #seeAllOf(clerk: string): Promise<void> {
    const { system, plan, log } = this.#parts
    const kept = await keptLog(system, log)
    const ids = unfinishedOf(plan.view(), clerk)
    for await (const { parts } of log.watch())
      if (ids.every((id) => parts[id]!.length >= kept.parts[id]!.length)) return
  }
}

function isDone({ parts }: Readonly<CoordinationPlan>): boolean {
  return Object.values(parts).every(({ state }) => state === 'done')
}

function workers({ clerks }: Readonly<CoordinationPlan>): string[] {
  return Object.keys(clerks).filter((name) => clerks[name] === 'at work')
}

function leastBusy(plan: Readonly<CoordinationPlan>): string {
  const loads = workers(plan).map((name) => ({ name, parts: unfinishedOf(plan, name).length }))
  return loads.reduce((least, each) => (each.parts < least.parts ? each : least)).name
}

/** The next parts that nobody has, in turns to the clerks that have too few. */
function assignments(plan: Readonly<CoordinationPlan>): [part: string, owner: string][] {
  const free = unfinishedOf(plan, null)
  const given: [string, string][] = []
  const loads = new Map(workers(plan).map((name) => [name, unfinishedOf(plan, name).length]))
  for (let level = 0; level < AHEAD; level++)
    for (const [name, load] of loads) {
      const next = free[0]
      if (next === undefined || load > level) continue
      free.shift()
      loads.set(name, load + 1)
      given.push([next, name])
    }
  return given
}
