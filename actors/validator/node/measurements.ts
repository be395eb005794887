/**
 * What a validator sees of the chain's speed: for people, and for the next epoch's parameters.
 *
 * Latency is from an envelope's arrival in the pool to its being final. Only some envelopes are timed, so that neither
 * memory nor time grows with the load.
 */
import type { PerformanceReport } from '../../../protocols/consensus/state/tuning.ts'
import type { Block, Envelope, PublicKey, Validator } from '../../../protocols/consensus/types.ts'
import { keyOf } from './receipts.ts'

/** Envelopes that are timed at once. */
const TIMED = 256
/** Latencies and round trips that are kept, the newest. */
const SAMPLES = 1_024
/** Blocks of which there is a summary. */
const RECENT_BLOCKS = 32
/** What `rates` looks back upon. */
const WINDOW_MS = 10_000
const WINDOW_BLOCKS = 4_096

export interface BlockSummary {
  readonly height: number
  readonly epoch: number
  /** Who proposed it. */
  readonly leader: PublicKey
  readonly timestampMs: number
  readonly transactions: number
  /** How many signed the certificate that made it final. */
  readonly signers: number
}

export interface Speed {
  readonly transactionsPerSecond: number
  readonly blocksPerSecond: number
  readonly latencyMs: { readonly p50: number; readonly p99: number }
}

export class Measurements {
  readonly #arrivals = new Map<string, number>()
  readonly #latencies = new Ring(SAMPLES)
  readonly #roundTrips = new Ring(SAMPLES)
  readonly #blocks: BlockSummary[] = []
  readonly #recent: { readonly atMs: number; readonly transactions: number }[] = []
  #proposedAtMs = new Map<number, number>()
  #epoch = { startedAtMs: 0, transactions: 0 }
  /** Since this validator started. */
  transactions = 0

  get blocks(): readonly BlockSummary[] {
    return this.#blocks
  }

  beginEpoch(nowMs: number): void {
    this.#epoch = { startedAtMs: nowMs, transactions: 0 }
    this.#proposedAtMs.clear()
  }

  arrived(envelope: Envelope, nowMs: number): void {
    if (this.#arrivals.size < TIMED) this.#arrivals.set(keyOf(envelope), nowMs)
  }

  /** It won't be final. */
  dropped(envelope: Envelope): void {
    this.#arrivals.delete(keyOf(envelope))
  }

  proposed(view: number, nowMs: number): void {
    this.#proposedAtMs.set(view, nowMs)
    if (this.#proposedAtMs.size > 64) this.#proposedAtMs.delete(this.#proposedAtMs.keys().next().value!)
  }

  /** Somebody's vote for a block that this validator proposed in that view. */
  heardVote(view: number, nowMs: number): void {
    const atMs = this.#proposedAtMs.get(view)
    if (atMs !== undefined) this.#roundTrips.add(nowMs - atMs)
  }

  /** @param members of the epoch of the blocks */
  final(
    blocks: readonly Block[],
    members: readonly Pick<Validator, 'publicKey'>[],
    signers: number,
    nowMs: number,
  ): void {
    for (const { header, envelopes } of blocks) {
      let transactions = 0
      for (const envelope of envelopes) {
        transactions += envelope.transactions.length
        this.#time(envelope, nowMs)
      }
      const { height, epoch, proposer, timestampMs } = header
      const leader = members[proposer]!.publicKey
      this.#blocks.push({ height, epoch, leader, timestampMs, transactions, signers })
      this.#recent.push({ atMs: nowMs, transactions })
      this.#epoch.transactions += transactions
      this.transactions += transactions
    }
    if (this.#blocks.length > RECENT_BLOCKS) this.#blocks.splice(0, this.#blocks.length - RECENT_BLOCKS)
    if (this.#recent.length > 2 * WINDOW_BLOCKS) this.#recent.splice(0, WINDOW_BLOCKS)
  }

  speed(nowMs: number): Speed {
    const recent = this.#recent.filter(({ atMs }) => atMs > nowMs - WINDOW_MS)
    // A window that is not full yet counts for the time since its first block.
    const windowMs = Math.min(WINDOW_MS, Math.max(1_000, nowMs - (this.#recent[0]?.atMs ?? nowMs)))
    const transactions = recent.reduce((sum, block) => sum + block.transactions, 0)
    return {
      transactionsPerSecond: (transactions * 1_000) / windowMs,
      blocksPerSecond: (recent.length * 1_000) / windowMs,
      latencyMs: { p50: this.#latencies.quantile(0.5), p99: this.#latencies.quantile(0.99) },
    }
  }

  /** Of the epoch so far; undefined where nothing has been timed in it. */
  report(nowMs: number): PerformanceReport | undefined {
    const { startedAtMs, transactions } = this.#epoch
    if (transactions === 0 || this.#latencies.size === 0) return undefined
    return {
      throughput: Math.round((transactions * 1_000) / Math.max(1, nowMs - startedAtMs)),
      p50Ms: Math.round(this.#latencies.quantile(0.5)),
      p99Ms: Math.round(this.#latencies.quantile(0.99)),
      roundTripMs: Math.round(this.#roundTrips.quantile(0.5)),
    }
  }

  #time(envelope: Envelope, nowMs: number): void {
    if (this.#arrivals.size === 0) return
    const key = keyOf(envelope)
    const arrivedAtMs = this.#arrivals.get(key)
    if (arrivedAtMs === undefined) return
    this.#arrivals.delete(key)
    this.#latencies.add(nowMs - arrivedAtMs)
  }
}

/** The newest of many numbers. */
class Ring {
  readonly #values: Float64Array
  #next = 0
  size = 0

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity)
  }

  add(value: number): void {
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.#values.length
    this.size = Math.min(this.size + 1, this.#values.length)
  }

  /** 0 where there are none. */
  quantile(share: number): number {
    const sorted = this.#values.slice(0, this.size).sort()
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  }
}
