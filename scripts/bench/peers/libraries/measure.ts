/** What work takes in this process. Memory needs `node --expose-gc`. */
import { setTimeout as pause } from 'node:timers/promises'

export function secondsOf(work: () => void): number {
  const started = performance.now()
  work()
  return (performance.now() - started) / 1_000
}

/** Bytes by which the resident set grows. */
export async function grownBy(work: () => void | Promise<void>): Promise<number> {
  const before = await residentBytes()
  await work()
  return (await residentBytes()) - before
}

async function residentBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await pause(100)
  }
  return process.memoryUsage().rss
}
