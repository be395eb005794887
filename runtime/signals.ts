/**
 * The signals by which an operator, a terminal or a service manager ends a process.
 */
import { constants } from 'node:os'
import { realClock } from './clock.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** A terminal sends Ctrl-C to all processes, and npm and other wrappers pass it on: the same again, this many milliseconds later at most, is the same. */
const ECHO_MS = 300

/**
 * Calls `listener` with each signal and how many there have been.
 *
 * @returns a function that stops listening
 */
export function onSignals(listener: (signal: NodeJS.Signals, count: number) => void): () => void {
  let count = 0
  let last: { signal: NodeJS.Signals; at: number } | undefined
  const hear = (signal: NodeJS.Signals) => {
    const at = realClock.now()
    const echo = last?.signal === signal && at - last.at < ECHO_MS
    if (echo) return
    last = { signal, at }
    listener(signal, ++count)
  }
  for (const signal of SIGNALS) process.on(signal, hear)
  return () => {
    for (const signal of SIGNALS) process.off(signal, hear)
  }
}

/** The exit code of a process that a signal ended, as a shell reports it. */
export function signalCode(signal: NodeJS.Signals): number {
  return 128 + (constants.signals[signal] ?? 0)
}
