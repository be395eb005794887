/**
 * Orderly shutdown on SIGINT and SIGTERM.
 */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM']
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGINT: 2, SIGTERM: 15 }

/**
 * Runs `shutdown` at the first signal and then lets the signal end the process, as it would have
 * without us; a second signal ends the process at once.
 *
 * @returns a function that stops listening
 */
export function onSignals(shutdown: (signal: NodeJS.Signals) => Promise<void>): () => void {
  let received = 0
  const listener = (signal: NodeJS.Signals) => {
    received++
    const code = 128 + (SIGNAL_NUMBERS[signal] ?? 0)
    if (received > 1) process.exit(code)
    const others = process.listenerCount(signal) > 1
    void shutdown(signal).then(() => {
      // A program that listens for the signal itself decides itself when it ends.
      if (!others) process.exit(code)
    })
  }
  for (const signal of SIGNALS) process.on(signal, listener)
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener)
  }
}
