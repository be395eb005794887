/** How many transactions become final in a second while a bounded number of them is always on its way. */
import type { Figure } from '../../figure.ts'
import { sustain } from '../../finality-load.ts'
import { onChain, senderTo } from './chain.ts'

export interface ThroughputSizes {
  readonly [name: string]: number
  readonly validators: number
  readonly threads: number
  readonly bytes: number
  readonly perEnvelope: number
  readonly inFlight: number
  readonly warmSeconds: number
  readonly seconds: number
}

export async function run(sizes: ThroughputSizes): Promise<Figure[]> {
  const { validators, threads, bytes, perEnvelope, inFlight, warmSeconds, seconds } = sizes
  return onChain({ count: validators, threads, storage: 'embedded' }, async (system) => {
    const sender = await senderTo(system, { clients: 16, bytes, perEnvelope, signed: inFlight * 10 })
    const times = { batch: perEnvelope, warmMs: warmSeconds * 1_000, ms: seconds * 1_000 }
    const { rate, cpuUs } = await sustain(sender, { ...times, inFlight })
    if (perEnvelope === 1) return [{ name: 'consensus, each signed', unit: 'tx/s', value: rate }]
    return [
      { name: 'consensus', unit: 'tx/s', value: rate },
      { name: 'consensus CPU', unit: 'µs', value: cpuUs },
    ]
  })
}
