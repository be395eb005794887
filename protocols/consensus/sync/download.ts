/** Brings the chunks of one snapshot here, from all who offer it at the same time. */
import type { SyncMessage } from '../codec/sync.ts'
import { SnapshotCollector } from '../state/snapshot.ts'
import type { Crypto, PublicKey } from '../types.ts'
import type { Offered } from './offers.ts'

/** Chunks that one peer is asked for at a time. */
const PER_PEER = 2
/** A chunk that has not come after this time is asked of another peer. */
const CHUNK_MS = 3_000
/** A peer that let so many requests in a row pass is asked no more. */
const MAX_MISSED = 3

interface Request {
  readonly peer: PublicKey
  readonly dueMs: number
}

export interface ChunkRequest {
  readonly to: PublicKey
  readonly message: SyncMessage
}

export class Download {
  readonly offered: Offered
  readonly collector: SnapshotCollector
  readonly #missing: Set<number>
  readonly #requests = new Map<number, Request>()
  /** Requests in a row that a peer has not answered. */
  readonly #missed = new Map<PublicKey, number>()
  #bytes = 0

  constructor(offered: Offered, crypto: Crypto) {
    this.offered = offered
    this.collector = new SnapshotCollector(offered.manifest, crypto)
    this.#missing = new Set(this.collector.missing())
  }

  /** Of the chunks that are here. */
  get bytes(): number {
    return this.#bytes
  }

  get isWhole(): boolean {
    return this.#missing.size === 0
  }

  /** When a request has waited for too long; Infinity where there is none. */
  get dueMs(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...[...this.#requests.values()].map(({ dueMs }) => dueMs))
  }

  /** The peer has not answered so often that it seems to be gone. */
  hasGone(peer: PublicKey): boolean {
    return (this.#missed.get(peer) ?? 0) >= MAX_MISSED
  }

  /** Undefined for what was not asked of this peer; false for bytes that are not the chunk. */
  add(from: PublicKey, index: number, bytes: Uint8Array): boolean | undefined {
    if (this.#requests.get(index)?.peer !== from) return undefined
    this.#requests.delete(index)
    // A copy: a view would keep the whole message that it came in.
    const chunk = bytes.slice()
    if (!this.collector.add(index, chunk)) return false
    this.#missing.delete(index)
    this.#missed.delete(from)
    this.#bytes += chunk.length
    return true
  }

  /** What was asked of it is asked of others. */
  forget(peer: PublicKey): void {
    for (const [index, request] of this.#requests) if (request.peer === peer) this.#requests.delete(index)
  }

  /** What to ask these peers for now. */
  next(peers: readonly PublicKey[], nowMs: number): ChunkRequest[] {
    this.#expire(nowMs)
    const free = new Map(peers.filter((peer) => !this.hasGone(peer)).map((peer) => [peer, PER_PEER]))
    for (const { peer } of this.#requests.values()) free.set(peer, (free.get(peer) ?? 0) - 1)
    const requests: ChunkRequest[] = []
    for (const index of this.#missing) {
      if (this.#requests.has(index)) continue
      const peer = freest(free)
      if (peer === undefined) break
      free.set(peer, free.get(peer)! - 1)
      this.#requests.set(index, { peer, dueMs: nowMs + CHUNK_MS })
      requests.push({ to: peer, message: { kind: 'get-chunk', height: this.offered.manifest.height, index } })
    }
    return requests
  }

  #expire(nowMs: number): void {
    for (const [index, { peer, dueMs }] of this.#requests) {
      if (dueMs > nowMs) continue
      this.#requests.delete(index)
      this.#missed.set(peer, (this.#missed.get(peer) ?? 0) + 1)
    }
  }
}

function freest(free: ReadonlyMap<PublicKey, number>): PublicKey | undefined {
  let best: PublicKey | undefined
  for (const [peer, room] of free) if (room > 0 && room > (free.get(best ?? '') ?? 0)) best = peer
  return best
}
