/** Actors that move the same tasks at the same time, each on its own thread, and count what they do to each. */
import {
  type Counter,
  counter,
  documents,
  move,
  replicas,
  type SharedDocument,
} from '../../../actors/replica/index.ts'
import { Actor } from '../../../runtime/index.ts'
import { follow, thawed } from './document/follow.ts'

export interface Board {
  tasks: { id: number; moved: Counter }[]
}

export const TASKS = 8

/** Epochs are so short that several begin while actors move. */
export const services = [replicas({ storage: 'volatile', limits: { epochOperations: 400 } })]

export function openBoard(scope: Parameters<typeof documents>[0]): Promise<SharedDocument<Board>> {
  const tasks = Array.from({ length: TASKS }, (_, id) => ({ id, moved: counter() }))
  return documents(scope).open<Board>('coordination-plan', 'board', { initial: { tasks } })
}

export class Mover extends Actor<Mover> {
  #board!: SharedDocument<Board>
  #followed: Board | undefined
  #epochs = 0

  override async onStart(): Promise<void> {
    this.#board = await openBoard(this.context)
    void this.#follow()
  }

  /** Moves as often, each time another task to another place; resolves once all is stored. */
  async move(times: number, seed: number): Promise<void> {
    for (let i = 0; i < times; i++)
      await this.#board.change(({ tasks }) => {
        const from = (i * 5 + seed) % tasks.length
        const to = (i * 3 + seed * 2) % tasks.length
        move(tasks, from, to)
        tasks[to]?.moved.increment()
      })
  }

  order(): number[] {
    return this.#board.view().tasks.map(({ id }) => id)
  }

  /** The order that follows from the patches alone. */
  followed(): number[] | undefined {
    return this.#followed?.tasks.map(({ id }) => id)
  }

  moves(): number {
    return this.#board.view().tasks.reduce((sum, { moved }) => sum + moved.value, 0)
  }

  /** How often the whole state was told in the place of patches. */
  states(): number {
    return this.#epochs
  }

  async #follow(): Promise<void> {
    for await (const batch of this.#board.patches())
      if ('state' in batch) {
        this.#epochs++
        this.#followed = thawed(batch.state) as Board
      } else for (const patch of batch.patches) follow(this.#followed as never, patch)
  }
}
