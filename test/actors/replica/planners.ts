/** Actors for the tests of shared documents: they work on one plan, each on its own thread. */

import { createHandle } from '../../../actors/replica/document/automerge.ts'
import { type Counter, counter, documents, type SharedDocument } from '../../../actors/replica/index.ts'
import { Actor } from '../../../runtime/index.ts'

export interface Plan {
  tasks: { id: string; owner: string | null }[]
  budget: Counter
  owners: Record<string, string>
}

export const EMPTY: Plan = { tasks: [], budget: counter(100), owners: {} }

export function openPlan(
  scope: Parameters<typeof documents>[0],
  name = 'launch',
): Promise<SharedDocument<Plan>> {
  return documents(scope).open<Plan>('coordination-plan', name, { initial: EMPTY })
}

/** Stands for the keeper of another node, and says nothing by itself. */
export class Stranger extends Actor<Stranger> {
  #heard = 0

  deliver(): void {
    this.#heard++
  }

  absent(): void {}

  fetch(): null {
    return null
  }

  keeperStarted(): void {}

  heard(): number {
    return this.#heard
  }
}

export class Planner extends Actor<Planner> {
  #plan!: SharedDocument<Plan>

  override async onStart(): Promise<void> {
    this.#plan = await openPlan(this.context)
  }

  /** Resolves once they are stored. */
  async add(ids: string[]): Promise<void> {
    const { path } = this.context.self
    await this.#plan.change(
      (plan) => {
        for (const id of ids) plan.tasks.push({ id, owner: path })
        plan.budget.decrement(ids.length)
      },
      `added ${ids.join(', ')}`,
    )
  }

  /** So many edits, each a change of its own. */
  async spend(times: number): Promise<void> {
    for (let i = 0; i < times; i++) await this.#plan.change((plan) => plan.budget.decrement())
  }

  /** Answers before anything is stored. */
  addUnkept(id: string): number {
    void this.#plan.change((plan) => plan.tasks.push({ id, owner: null })).catch(() => undefined)
    return this.#plan.view().tasks.length
  }

  refuse(): Promise<void> {
    return this.#plan.change((plan) => {
      plan.tasks.push({ id: 'half', owner: null })
      throw new Error('changed my mind')
    })
  }

  tasks(): string[] {
    return this.#plan.view().tasks.map(({ id }) => id)
  }

  budget(): number {
    return this.#plan.view().budget.value
  }

  /** Waits until the plan has so many tasks. */
  async until(count: number): Promise<number> {
    let states = 0
    for await (const { tasks } of this.#plan.watch()) {
      states++
      if (tasks.length >= count) return states
    }
    throw new Error('the document was closed')
  }

  endThread(): void {
    process.exit(1)
  }

  /** Does to the engine of this thread what a value does that is nested too deeply. */
  breakEngine(): string {
    let deep: unknown = 1
    for (let depth = 0; depth < 20_000; depth++) deep = { deep }
    try {
      createHandle('aa').putObjectFromHydrate('/', 'deep', deep)
      return 'it held'
    } catch (error) {
      return String(error)
    }
  }

  boom(): never {
    throw new Error('boom')
  }
}
