/**
 * A model of how blocks queue, in virtual time, to learn from: not the protocol itself, but what its parameters do.
 * Blocks are proposed one after the other, each once the one before it is notarized and not too many are unfinal.
 */
import type { Parameters } from '../../../../protocols/consensus/genesis.ts'
import type { PerformanceReport } from '../../../../protocols/consensus/state/tuning.ts'
import type { Random } from '../simulator/random.ts'

export interface Network {
  /** Transactions that arrive in a second. */
  readonly load: number
  readonly hopMs: number
  /** A hop takes up to that many times longer, and mostly far less. */
  readonly jitter: number
  /** The share of views whose leader or whose votes don't get through in time. */
  readonly lost: number
  /** What a block costs in itself, and each transaction in it. */
  readonly blockMs: number
  readonly transactionMs: number
}

export const NETWORKS: Readonly<Record<string, Network>> = {
  lan: { load: 3_000, hopMs: 0.5, jitter: 1, lost: 0.01, blockMs: 4, transactionMs: 0.1 },
  wan: { load: 1_000, hopMs: 50, jitter: 1, lost: 0.01, blockMs: 4, transactionMs: 0.3 },
  lossy: { load: 500, hopMs: 20, jitter: 4, lost: 0.1, blockMs: 4, transactionMs: 0.3 },
}

const EPOCH_MS = 10_000

/** One epoch, as the median of the validators would report it. */
export function runEpoch(parameters: Parameters, network: Network, random: Random): PerformanceReport {
  const { load, hopMs, jitter, lost, blockMs, transactionMs } = network
  const gapMs = 1_000 / load
  const hop = () => hopMs * (1 + jitter * random.next() ** 4)
  const finalAt: number[] = []
  const latencies: number[] = []
  let done = 0
  let now = 0
  while (now < EPOCH_MS) {
    // Transactions arrive evenly: number i at i * gapMs.
    const first = Math.max(now, done * gapMs)
    const room = finalAt.at(-parameters.pipeline_depth) ?? 0
    const start = Math.max(first + parameters.batch_wait, room)
    const count = Math.min(parameters.batch_cap, Math.max(1, Math.floor(start / gapMs) - done))
    const work = blockMs + count * transactionMs
    const notarized = work + hop() + hop()
    if (random.chance(lost) || notarized > parameters.view_timeout) {
      now = start + parameters.view_timeout + hop()
      // A view that has failed is not waited for any longer by the next ones.
      continue
    }
    now = start + notarized
    finalAt.push(now + hop())
    for (let i = 0; i < count; i++) latencies.push(finalAt.at(-1)! - (done + i) * gapMs)
    done += count
  }
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => Math.round(sorted[Math.floor(share * sorted.length)] ?? EPOCH_MS)
  return {
    throughput: Math.round((done * 1_000) / now),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    roundTripMs: Math.round(2 * hopMs),
  }
}
