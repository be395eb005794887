/** What validators take while there is nothing to decide but their heartbeat: a block every two seconds. */
import { setTimeout as pause } from 'node:timers/promises'
import { cpuShare } from '../../cpu-share.ts'
import type { Figure } from '../../figure.ts'
import { onChain, senderTo } from './chain.ts'

const SETTLE_MS = 2_000

export interface IdleSizes {
  readonly [name: string]: number
  readonly validators: number
  readonly threads: number
  readonly seconds: number
}

export async function run({ validators, threads, seconds }: IdleSizes): Promise<Figure[]> {
  return onChain({ count: validators, threads, storage: 'embedded' }, async (system) => {
    // Accounts are opened, so that there was something to decide before.
    await senderTo(system, { clients: 4, bytes: 256, perEnvelope: 1, signed: 0 })
    await pause(SETTLE_MS)
    const value = await cpuShare(seconds)
    return [{ name: `idle CPU of ${validators} validators`, unit: '% of one core', value }]
  })
}
