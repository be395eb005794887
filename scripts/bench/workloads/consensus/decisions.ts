/** An actor has things decided: one after the other, and with many calls on their way at a time. */
import { decisions } from '../../../../actors/validator/index.ts'
import { Actor } from '../../../../runtime/index.ts'
import type { Figure } from '../../figure.ts'
import { percentile } from '../../statistics.ts'
import { onChain } from './chain.ts'

const PATIENCE_MS = 240_000
const WARM = 200

export interface DecisionSizes {
  readonly [name: string]: number
  readonly validators: number
  readonly threads: number
  readonly alone: number
  readonly inFlight: number
  readonly decisions: number
}

interface Told {
  readonly p50: number
  readonly p99: number
  readonly perSecond: number
}

export async function run(sizes: DecisionSizes): Promise<Figure[]> {
  const { validators, threads, alone, inFlight, decisions: count } = sizes
  const options = { count: validators, threads, storage: 'embedded', modules: [import.meta.url] } as const
  return onChain(options, async (system) => {
    const decider = (await system.spawn(Decider)).within(PATIENCE_MS)
    const { p50, p99, perSecond } = await decider.ask.decide(alone, inFlight, count)
    return [
      { name: 'decision p50', unit: 'ms', value: p50 },
      { name: 'decision p99', unit: 'ms', value: p99 },
      { name: 'decisions', unit: 'decisions/s', value: perSecond },
    ]
  })
}

export class Decider extends Actor {
  async decide(alone: number, inFlight: number, count: number): Promise<Told> {
    await this.#many(WARM, inFlight)
    const latencies = new Float64Array(alone)
    for (let i = 0; i < alone; i++) {
      const started = performance.now()
      await this.#one(i)
      latencies[i] = performance.now() - started
    }
    const started = performance.now()
    await this.#many(count, inFlight)
    const perSecond = (count * 1_000) / (performance.now() - started)
    return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), perSecond }
  }

  async #one(i: number): Promise<void> {
    await decisions(this.context).decide('quarantine', { message: i, verdict: 'spam' })
  }

  async #many(count: number, inFlight: number): Promise<void> {
    let next = 0
    const worker = async () => {
      while (next < count) await this.#one(next++)
    }
    await Promise.all(Array.from({ length: inFlight }, worker))
  }
}
