import { setTimeout as pause } from 'node:timers/promises'

/** The time that all threads of this process spend on processors in the next seconds, in percent of one core. */
export async function cpuShare(seconds: number): Promise<number> {
  const started = performance.now()
  const before = process.cpuUsage()
  await pause(seconds * 1_000)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) / 1_000 / (performance.now() - started)) * 100
}
