/** What a system takes while its worker threads have an actor each and nothing to do. */
import { setTimeout as pause } from 'node:timers/promises'
import { Actor } from '../../../runtime/index.ts'
import { cpuShare } from '../cpu-share.ts'
import type { Figure } from '../figure.ts'
import { inSystem } from './system.ts'

/** Until the threads have settled after their start. */
const SETTLE_MS = 1_000

export async function run({ threads, seconds }: { threads: number; seconds: number }): Promise<Figure[]> {
  return inSystem(import.meta.url, { threads }, async (system) => {
    for (let i = 0; i < threads; i++) await (await system.spawn(Waiter)).ask.wake()
    await pause(SETTLE_MS)
    return [{ name: 'idle CPU', unit: '% of one core', value: await cpuShare(seconds) }]
  })
}

export class Waiter extends Actor {
  wake(): void {}
}
