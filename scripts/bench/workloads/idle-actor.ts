/** What an actor takes that waits for its first message. Needs `node --expose-gc`. */
import { Actor } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inBursts } from './bursts.ts'
import { inSystem, lastRound } from './system.ts'

interface Usage {
  readonly rss: number
  readonly heap: number
}

export async function run({ threads, actors }: { threads: number; actors: number }): Promise<Figure[]> {
  const bytes = await inSystem(import.meta.url, { threads }, (system) =>
    lastRound(system, IdleParent, 1, (parent) => parent.weigh(actors)),
  )
  return [
    { name: 'idle actor, RSS', unit: 'bytes', value: bytes.rss / actors },
    { name: 'idle actor, heap', unit: 'bytes', value: bytes.heap / actors },
  ]
}

export class IdleParent extends Actor {
  /** What the process and this thread's heap have grown by, after collections before and after. */
  async weigh(actors: number): Promise<Usage> {
    const before = await this.#usage()
    await inBursts(
      actors,
      () => this.context.spawn(Idler),
      () => this.context.sleep(0),
    )
    const after = await this.#usage()
    return { rss: after.rss - before.rss, heap: after.heap - before.heap }
  }

  async #usage(): Promise<Usage> {
    for (let i = 0; i < 3; i++) {
      await this.context.sleep(200)
      globalThis.gc?.()
    }
    const { rss, heapUsed } = process.memoryUsage()
    return { rss, heap: heapUsed }
  }
}

export class Idler extends Actor {
  wake(): void {}
}
