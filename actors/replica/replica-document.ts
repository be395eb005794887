/** A document as replication sees it. */
import type { ReplicaDocument } from '../../protocols/replication/document.ts'
import type { SyncState } from './document/automerge.ts'
import type { Document } from './document/document.ts'

/** @param trusted whether all peers are replicas of this process, which have looked at what they send */
export function replicaOf(document: Document, trusted: () => boolean): ReplicaDocument {
  return {
    heads: () => document.heads,
    has: (hash) => document.has(hash),
    changesByHash: (hashes) => document.changesByHash(hashes),
    receive: (changes) => document.receive(changes, { trusted: trusted() }),
    newSync: (previous) => document.newSync(previous as SyncState | undefined),
    generateSync: (state) => document.generateSync(state as SyncState),
    receiveSync: (state, message) =>
      document.receiveSync(state as SyncState, message, { trusted: trusted() }),
  }
}
