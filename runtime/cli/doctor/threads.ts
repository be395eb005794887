/** Starts one worker thread and measures how long it takes. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { realClock } from '../../clock.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { DOCTOR_LIMITS as LIMITS } from './limits.ts'

const ANSWER = "require('node:worker_threads').parentPort.postMessage('up')"

export async function examineThreads(): Promise<Finding> {
  const from = realClock.now()
  try {
    const worker = new Worker(ANSWER, { eval: true })
    await once(worker, 'message', { signal: AbortSignal.timeout(LIMITS.threadStartMs) })
    const ms = Math.round(realClock.now() - from)
    await worker.terminate()
    const message = `a worker thread starts in ${ms} ms`
    return ms < LIMITS.slowThreadMs
      ? ok('threads', message)
      : warn('threads', message, 'the machine is busy or slow; restarts of a lost thread take that long too')
  } catch (error) {
    return fail(
      'threads',
      `no worker thread starts: ${(error as Error).message}`,
      'allow this process to create threads',
    )
  }
}
