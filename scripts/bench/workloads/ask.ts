/** An actor asks another on its thread, one ask at a time, each with the default deadline. */
import { Actor } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { type Latencies, latencies } from './latencies.ts'
import { inSystem, lastRound, secondsSince } from './system.ts'

/**
 * The rate and the latencies come from loops of their own, since reading the clock around each ask
 * costs a part of the ask.
 */
export async function run(sizes: { threads: number; rounds: number; asks: number }): Promise<Figure[]> {
  const { threads, rounds, asks } = sizes
  return inSystem(import.meta.url, { threads }, async (system) => {
    const seconds = await lastRound(system, Asker, rounds, (asker) => asker.ask(asks))
    const { p50, p99 } = await lastRound(system, Asker, 1, (asker) => asker.time(asks))
    return [
      { name: 'ask', unit: 'asks/s', value: asks / seconds },
      { name: 'ask p50', unit: 'µs', value: p50 },
      { name: 'ask p99', unit: 'µs', value: p99 },
    ]
  })
}

export class Asker extends Actor {
  async ask(asks: number): Promise<number> {
    const counter = await this.context.spawn(AskedCounter)
    const started = performance.now()
    for (let i = 0; i < asks; i++) await counter.ask.add(1)
    return secondsSince(started)
  }

  async time(asks: number): Promise<Latencies> {
    const counter = await this.context.spawn(AskedCounter)
    return latencies(asks, () => counter.ask.add(1))
  }
}

export class AskedCounter extends Actor {
  #total = 0

  add(number: number): number {
    return (this.#total += number)
  }
}
