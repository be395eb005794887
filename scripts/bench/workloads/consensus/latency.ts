/** How long transactions take to become final while they come at a steady rate. */
import type { Figure } from '../../figure.ts'
import { offer } from '../../finality-load.ts'
import { onChain, senderTo } from './chain.ts'

export interface LatencySizes {
  readonly [name: string]: number
  readonly validators: number
  readonly threads: number
  /** 0 or 1. */
  readonly durable: number
  readonly bytes: number
  readonly perEnvelope: number
  /** Transactions per second. */
  readonly rate: number
  readonly warmSeconds: number
  readonly seconds: number
}

export async function run(sizes: LatencySizes): Promise<Figure[]> {
  const { validators, threads, durable, bytes, perEnvelope, rate, warmSeconds, seconds } = sizes
  const storage = durable === 1 ? 'embedded' : 'volatile'
  return onChain({ count: validators, threads, storage }, async (system) => {
    const signed = rate * (warmSeconds + seconds)
    const sender = await senderTo(system, { clients: 16, bytes, perEnvelope, signed })
    const times = { batch: perEnvelope, warmMs: warmSeconds * 1_000, ms: seconds * 1_000 }
    const { p50, p99 } = await offer(sender, { ...times, rate })
    const of = validators === 4 ? '' : `, n=${validators}`
    return [
      { name: `finality p50${of}`, unit: 'ms', value: p50 },
      { name: `finality p99${of}`, unit: 'ms', value: p99 },
    ]
  })
}
