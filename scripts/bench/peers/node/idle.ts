/** Worker threads that only keep a port open. */
import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { cpuShare } from '../../cpu-share.ts'
import type { Figure, Sizes } from '../../figure.ts'

export async function run({ threads = 2, seconds = 10 }: Sizes): Promise<Figure[]> {
  const workers = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url)))
  await pause(1_000)
  const value = await cpuShare(seconds)
  await Promise.all(workers.map((worker) => worker.terminate()))
  return [{ name: 'idle CPU', unit: '% of one core', value }]
}

if (!isMainThread) parentPort!.on('message', () => {})
