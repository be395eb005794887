/** An actor asks one on another worker thread, one ask at a time, each with the default deadline. */
import { Actor, type ActorRef } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { type Latencies, latencies } from './latencies.ts'
import { inSystem } from './system.ts'

const ROUND_MS = 60_000
const pools = { askers: { threads: 1 }, asked: { threads: 1 } }

export async function run({ asks }: { asks: number }): Promise<Figure[]> {
  return inSystem(import.meta.url, { threads: 0, pools }, async (system) => {
    const counter = await system.spawn(FarCounter, { pool: 'asked' })
    const asker = await system.spawn(FarAsker, { pool: 'askers' })
    const { p50, p99 } = await asker.within(ROUND_MS).ask.time(counter, asks)
    return [
      { name: 'cross-thread ask p50', unit: 'µs', value: p50 },
      { name: 'cross-thread ask p99', unit: 'µs', value: p99 },
    ]
  })
}

export class FarAsker extends Actor {
  async time(counter: ActorRef<FarCounter>, asks: number): Promise<Latencies> {
    return latencies(asks, () => counter.ask.add(1))
  }
}

export class FarCounter extends Actor {
  #total = 0

  add(number: number): number {
    return (this.#total += number)
  }
}
