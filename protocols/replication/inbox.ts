/**
 * Messages with changes that wait for the others of their turn, because a document takes many changes in
 * one call for little more than one change alone.
 */
import { isRefusal, type Received, type ReplicaDocument } from './document.ts'
import type { ReplicationLimits } from './limits.ts'
import { bytesOf, type MessageOf } from './messages.ts'
import type { Peer } from './peer.ts'

export interface Parcel {
  readonly peer: Peer
  readonly message: MessageOf<'changes'>
}

const NOTHING: Received = { applied: [], missing: [] }

export class Inbox {
  readonly #limits: ReplicationLimits
  #parcels: Parcel[] = []
  #changes = 0
  #bytes = 0

  constructor(limits: ReplicationLimits) {
    this.#limits = limits
  }

  /** Is there room for one more message in one call to the document? There is for the first, however large. */
  fits({ changes }: MessageOf<'changes'>): boolean {
    if (this.#parcels.length === 0) return true
    const { batchChanges, batchBytes } = this.#limits
    return this.#changes + changes.length <= batchChanges && this.#bytes + bytesOf(changes) <= batchBytes
  }

  add(parcel: Parcel): void {
    this.#parcels.push(parcel)
    this.#changes += parcel.message.changes.length
    this.#bytes += bytesOf(parcel.message.changes)
  }

  /** Takes out all that waits. */
  empty(): Parcel[] {
    const parcels = this.#parcels
    this.#parcels = []
    this.#changes = 0
    this.#bytes = 0
    return parcels
  }
}

/**
 * Applies all that is not known, in one call; where something is refused, message by message, to find out
 * whose it is.
 */
export function applyParcels(
  parcels: readonly Parcel[],
  replica: ReplicaDocument,
  refused: (peer: Peer, explanation: string) => void,
): Received {
  const fresh = parcels.flatMap(({ message: { changes, hashes } }) =>
    changes.filter((_, index) => !replica.has(hashes[index] as string)),
  )
  if (fresh.length === 0) return NOTHING
  try {
    return replica.receive(fresh)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const [first] = parcels as [Parcel]
    if (parcels.length === 1) refused(first.peer, error.message)
    else return merge(parcels.map((parcel) => applyParcels([parcel], replica, refused)))
    return NOTHING
  }
}

function merge(all: readonly Received[]): Received {
  return {
    applied: all.flatMap(({ applied }) => applied),
    missing: all.flatMap(({ missing }) => missing),
  }
}

/** Which peers brought a change, by the hash that they told. */
export function bringersOf(parcels: readonly Parcel[]): Map<string, Set<string>> {
  const bringers = new Map<string, Set<string>>()
  for (const { peer, message } of parcels)
    for (const hash of message.hashes) {
      const peers = bringers.get(hash)
      if (peers === undefined) bringers.set(hash, new Set([peer.id]))
      else peers.add(peer.id)
    }
  return bringers
}
