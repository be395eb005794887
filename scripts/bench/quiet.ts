/** Waits for other programs to leave the processors alone; on a shared machine they come and go. */
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_MS = 300
/** The share of all processors' time from which on others are at work. */
const BUSY = 0.15

/** Resolves with whether the machine was quiet, at the latest after `waitMs`. */
export async function untilQuiet(waitMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + waitMs
  for (;;) {
    const before = processorTimes()
    await pause(LOOK_MS)
    if (busyShare(before, processorTimes()) < BUSY) return true
    if (performance.now() >= giveUpAt) return false
  }
}

/** Milliseconds that all processors together have spent since the start of the machine. */
export interface ProcessorTimes {
  readonly busy: number
  readonly idle: number
}

export function busyShare(before: ProcessorTimes, after: ProcessorTimes): number {
  const busy = after.busy - before.busy
  const idle = after.idle - before.idle
  return busy + idle === 0 ? 0 : busy / (busy + idle)
}

function processorTimes(): ProcessorTimes {
  const times = cpus().map((cpu) => cpu.times)
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  return {
    busy: sum(times.map(({ user, nice, sys, irq }) => user + nice + sys + irq)),
    idle: sum(times.map(({ idle }) => idle)),
  }
}
