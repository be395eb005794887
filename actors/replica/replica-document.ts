/** A document as replication sees it. */
import type { ReplicaDocument } from '../../protocols/replication/document.ts'
import type { SyncState } from './document/automerge.ts'
import type { Document } from './document/document.ts'
import { EditsPendingError } from './document/errors.ts'

/**
 * @param trusted whether all peers are replicas of this process, which have looked at what they send
 * @param commit makes a change of what was edited, where it stands in the way of what comes
 */
export function replicaOf(document: Document, trusted: () => boolean, commit: () => void): ReplicaDocument {
  const afterEdits = <R>(receive: () => R): R => {
    try {
      return receive()
    } catch (error) {
      if (!(error instanceof EditsPendingError)) throw error
      commit()
      return receive()
    }
  }
  return {
    heads: () => document.heads,
    has: (hash) => document.has(hash),
    changesByHash: (hashes) => document.changesByHash(hashes),
    receive: (changes) => afterEdits(() => document.receive(changes, { trusted: trusted() })),
    newSync: (previous) => document.newSync(previous as SyncState | undefined),
    generateSync: (state) => document.generateSync(state as SyncState),
    receiveSync: (state, message) =>
      afterEdits(() => document.receiveSync(state as SyncState, message, { trusted: trusted() })),
  }
}
