/** A worker thread exits while an ask to an actor on it is pending. How long until that ask rejects. */
import { Actor } from '../../../runtime/index.ts'
import type { Figure } from '../figure.ts'
import { inSystem } from './system.ts'

export async function run({ rounds }: { rounds: number }): Promise<Figure[]> {
  let ms = 0
  for (let round = 0; round < rounds; round++) ms = await timeOneDeath()
  return [{ name: 'thread death, until a pending ask rejects', unit: 'ms', value: ms }]
}

async function timeOneDeath(): Promise<number> {
  return inSystem(import.meta.url, { threads: 1, logLevel: 'silent' }, async (system) => {
    const patient = await system.spawn(Patient)
    const killer = await system.spawn(Killer)
    const rejected = patient.ask.never().then(
      () => Promise.reject(new Error('an ask that nobody answers was answered')),
      () => performance.now(),
    )
    const started = performance.now()
    killer.tell.kill()
    return (await rejected) - started
  })
}

export class Patient extends Actor {
  never(): Promise<void> {
    return new Promise(() => {})
  }
}

export class Killer extends Actor {
  /** In a worker thread this ends the thread only. */
  kill(): void {
    process.exit(1)
  }
}
