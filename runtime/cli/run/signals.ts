/** Signals by which an operator or a service manager ends a node. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls `listener` with each signal and how many there have been. */
export function onSignals(listener: (signal: NodeJS.Signals, count: number) => void): void {
  let count = 0
  for (const signal of STOP_SIGNALS) process.on(signal, () => listener(signal, ++count))
}
