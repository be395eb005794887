/**
 * New changes go to all peers that are level, as the same bytes, in batches that a receiver can apply in
 * one turn. What a peer brought goes to the others but not back to it.
 */
import type { Change } from './document.ts'
import type { ReplicationLimits } from './limits.ts'

/** A change that is new here in this turn, and the peers that brought it. */
export interface NewChange extends Change {
  readonly from: ReadonlySet<string>
}

export interface Batch {
  readonly changes: readonly Uint8Array[]
  readonly hashes: readonly string[]
}

/** Cuts changes into batches, in order. A change that is too large for any has one of its own. */
export function* batches(changes: readonly Change[], limits: ReplicationLimits): Generator<Batch> {
  let batch = { changes: [] as Uint8Array[], hashes: [] as string[] }
  let bytes = 0
  for (const change of changes) {
    const full = batch.changes.length === limits.batchChanges
    if (full || (bytes > 0 && bytes + change.bytes.byteLength > limits.batchBytes)) {
      yield batch
      batch = { changes: [], hashes: [] }
      bytes = 0
    }
    batch.changes.push(change.bytes)
    batch.hashes.push(change.hash)
    bytes += change.bytes.byteLength
  }
  if (batch.changes.length > 0) yield batch
}

/** The batches of a turn for each peer; all that brought nothing share theirs. */
export class Broadcast {
  readonly #changes: readonly NewChange[]
  readonly #limits: ReplicationLimits
  readonly #bringers = new Set<string>()
  readonly #shared: Batch[]

  constructor(changes: readonly NewChange[], limits: ReplicationLimits) {
    this.#changes = changes
    this.#limits = limits
    for (const { from } of changes) for (const peer of from) this.#bringers.add(peer)
    this.#shared = [...batches(changes, limits)]
  }

  for(peer: string): Iterable<Batch> {
    if (!this.#bringers.has(peer)) return this.#shared
    return batches(
      this.#changes.filter(({ from }) => !from.has(peer)),
      this.#limits,
    )
  }
}
