import { percentile } from '../statistics.ts'

/** In microseconds. */
export interface Latencies {
  readonly p50: number
  readonly p99: number
}

/** Times each of many asks, one after the other. A first fifth isn't counted: until then the code is being compiled. */
export async function latencies(asks: number, ask: () => Promise<unknown>): Promise<Latencies> {
  const micros = new Float64Array(asks)
  for (let i = -Math.floor(asks / 5); i < asks; i++) {
    const started = performance.now()
    await ask()
    if (i >= 0) micros[i] = (performance.now() - started) * 1_000
  }
  return { p50: percentile(micros, 0.5), p99: percentile(micros, 0.99) }
}
