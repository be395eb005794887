/** Load on a chain, the same for all who run one: transactions go in, and each is timed until it is final. */
import { setTimeout as pause } from 'node:timers/promises'
import { percentile } from './statistics.ts'

export interface Chain {
  /** Sends so many transactions in one call; `final` is told of each as soon as it is final, or of several at once. */
  send(count: number, final: (count: number) => void): void
  /** Milliseconds that all of its validators have spent on processors. */
  cpuMs(): number
}

interface LoadTimes {
  /** Transactions per call. */
  readonly batch: number
  /** Until compilers and batches have settled; not measured. */
  readonly warmMs: number
  readonly ms: number
}

export interface SustainedOptions extends LoadTimes {
  /** Transactions on their way at a time. */
  readonly inFlight: number
}

export interface Sustained {
  /** Transactions per second. */
  readonly rate: number
  /** Microseconds on processors for each transaction. */
  readonly cpuUs: number
}

/** What becomes final while so many transactions are always on their way. */
export async function sustain(
  chain: Chain,
  { batch, warmMs, ms, inFlight }: SustainedOptions,
): Promise<Sustained> {
  let onTheWay = 0
  let done = 0
  let ended = false
  const fill = () => {
    while (!ended && onTheWay + batch <= inFlight) {
      onTheWay += batch
      chain.send(batch, (count) => {
        onTheWay -= count
        done += count
        fill()
      })
    }
  }
  fill()
  await pause(warmMs)
  const before = done
  const cpuBefore = chain.cpuMs()
  const started = performance.now()
  await pause(ms)
  const count = done - before
  const rate = (count * 1_000) / (performance.now() - started)
  const cpuUs = ((chain.cpuMs() - cpuBefore) * 1_000) / Math.max(1, count)
  ended = true
  await until(() => onTheWay === 0)
  return { rate, cpuUs }
}

export interface OfferedOptions extends LoadTimes {
  /** Transactions per second, whatever becomes of those before. */
  readonly rate: number
}

export interface Latencies {
  /** Milliseconds from when a transaction was due to be sent until it was final. */
  readonly p50: number
  readonly p99: number
}

export async function offer(chain: Chain, { batch, warmMs, ms, rate }: OfferedOptions): Promise<Latencies> {
  const everyMs = (batch * 1_000) / rate
  const started = performance.now()
  const latencies: number[] = []
  let onTheWay = 0
  for (let i = 0; i * everyMs < warmMs + ms; i++) {
    const dueMs = started + i * everyMs
    const early = dueMs - performance.now()
    // A timer ends up to a millisecond late, and what is late is sent at once.
    if (early > 0) await pause(early)
    onTheWay += batch
    chain.send(batch, (count) => {
      onTheWay -= count
      if (dueMs < started + warmMs) return
      const latency = performance.now() - dueMs
      for (let one = 0; one < count; one++) latencies.push(latency)
    })
  }
  await until(() => onTheWay === 0)
  const sorted = Float64Array.from(latencies)
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) }
}

/** What is still on its way at the end belongs to no figure, but a program ends in order. */
const END_MS = 20_000

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + END_MS
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`transactions are not final after ${END_MS} ms`)
    await pause(10)
  }
}
