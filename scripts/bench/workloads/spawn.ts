/** How fast actors start, by one parent that spawns them one after the other. */
import { Actor } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inBursts } from './bursts.ts'
import { inSystem, lastRound, secondsSince } from './system.ts'

export async function run({ threads, actors }: { threads: number; actors: number }): Promise<Figure[]> {
  const seconds = await inSystem(import.meta.url, { threads }, (system) =>
    lastRound(system, Parent, 1, (parent) => parent.spawnAll(actors)),
  )
  return [{ name: 'spawn', unit: 'actors/s', value: actors / seconds }]
}

export class Parent extends Actor {
  /** A first tenth is started unmeasured, as the compiler needs it. */
  async spawnAll(actors: number): Promise<number> {
    await this.#spawn(actors / 10)
    const started = performance.now()
    await this.#spawn(actors)
    return secondsSince(started)
  }

  #spawn(actors: number): Promise<void> {
    const { context } = this
    return inBursts(
      actors,
      () => context.spawn(Idle),
      () => context.sleep(0),
    )
  }
}

export class Idle extends Actor {
  wake(): void {}
}
