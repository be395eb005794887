/**
 * The document as replication sees it: changes by their hashes, and the steps of a sync protocol.
 */

/** One change: its bytes are the same on every replica, and its hash names it. */
export interface Change {
  readonly hash: string
  readonly bytes: Uint8Array
}

export interface Received {
  /** What was new, in an order in which each change comes after those it depends on. */
  readonly applied: readonly Change[]
  /** Hashes of changes without which others could not be applied. */
  readonly missing: readonly string[]
}

/** What a document throws that refuses changes; it is then as it was before. Other errors are not its sender's fault. */
export interface Refusal {
  readonly reason: string
}

/**
 * One replica of one document. All calls are synchronous, and local edits are committed, and reported,
 * before a message is handed to replication: what a call returns as applied comes from the peer alone.
 */
export interface ReplicaDocument {
  heads(): readonly string[]
  /** True for a change that is part of the document, false for one that waits for others. */
  has(hash: string): boolean
  /** The bytes of those of the changes that are part of the document. */
  changesByHash(hashes: readonly string[]): Change[]
  receive(changes: readonly Uint8Array[]): Received
  /**
   * A state of the sync protocol for one peer. Of `previous` it keeps only which changes both surely
   * have, which stays true however many messages were lost in between.
   */
  newSync(previous?: unknown): unknown
  /** The next message of the sync protocol, or null when there is nothing to say. */
  generateSync(state: unknown): Uint8Array | null
  receiveSync(state: unknown, message: Uint8Array): Received
}

export function isRefusal(error: unknown): error is Error & Refusal {
  return error instanceof Error && 'reason' in error && typeof error.reason === 'string'
}
