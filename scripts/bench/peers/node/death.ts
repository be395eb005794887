/** A worker exits when told to; the main thread hears of it by the exit event. */
import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import type { Figure, Sizes } from '../../figure.ts'

export async function run({ rounds = 1 }: Sizes): Promise<Figure[]> {
  let ms = 0
  for (let round = 0; round < rounds; round++) ms = await timeOneDeath()
  return [{ name: 'thread death, until a pending ask rejects', unit: 'ms', value: ms }]
}

async function timeOneDeath(): Promise<number> {
  const worker = new Worker(new URL(import.meta.url))
  await once(worker, 'online')
  const started = performance.now()
  worker.postMessage('exit')
  await once(worker, 'exit')
  return performance.now() - started
}

if (!isMainThread) parentPort!.on('message', () => process.exit(1))
