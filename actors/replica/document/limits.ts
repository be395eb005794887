/**
 * Every limit of one document with its unit, its default and the reason for it. They hold for what is
 * written here and for what comes from elsewhere alike, so that no replica makes a change that another refuses.
 */
export interface DocumentLimits {
  /** Bytes of one change, inflated: what is larger occupies the thread for too long when it is read. */
  changeBytes: number
  /** Operations of one change; each character of a text is one. The engine needs memory for each at once. */
  changeOperations: number
  /** Containers within each other. The engine breaks down somewhere beyond 1,500. */
  depth: number
  /** UTF-16 units of one string; what is longer belongs in a text or in storage. */
  stringUnits: number
  /** Bytes of one binary value. */
  binaryBytes: number
  /** UTF-16 units of one key. */
  keyUnits: number
  /** UTF-16 units of the message of an edit. */
  messageUnits: number
  /** Replicas that have ever written; each is remembered until the document's next epoch. */
  actors: number
  /** Bytes of one message by which replicas come level: room for the largest change, and as much beside it. */
  syncBytes: number
}

export const DOCUMENT_LIMITS: Readonly<DocumentLimits> = {
  changeBytes: 4 * 1024 * 1024,
  changeOperations: 100_000,
  depth: 200,
  stringUnits: 1024 * 1024,
  binaryBytes: 1024 * 1024,
  keyUnits: 1_024,
  messageUnits: 1_000,
  actors: 50_000,
  syncBytes: 8 * 1024 * 1024,
}
