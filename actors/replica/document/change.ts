/** A change of a document as replicas pass it on. */
export interface Change {
  bytes: Uint8Array
  /** By which it is known everywhere. */
  hash: string
  /** The changes that it was made upon. */
  deps: readonly string[]
  /** Which one of its actor's changes it is, from 1. */
  actor: string
  seq: number
  /** Operations of the engine in it. */
  operations: number
}

export interface Received {
  /** What has been applied, in an order in which it can be applied elsewhere. */
  applied: Change[]
  /** How many were there already. */
  known: number
  /** Hashes of changes that others were made upon and that are not here; those others were not kept. */
  missing: string[]
}
