/**
 * Every limit of replication with its unit, its default and the reason for it, in one place.
 */
export interface ReplicationLimits {
  /** Changes in one message. Applying a change costs by the size of the document, so a turn takes few of them. */
  batchChanges: number
  /** Bytes of changes in one message, unless a single change is larger: some hundred operations. */
  batchBytes: number
  /** Bytes of changes, or of one step of the sync protocol, above which a message is refused unread. */
  messageBytes: number
  /** Hashes in one list of a message. */
  listedHashes: number
  /** Messages on their way to a peer that it has not acknowledged; with more it is behind, and nothing is queued for it. */
  creditMessages: number
  /** Bytes on their way to a peer that it has not acknowledged. */
  creditBytes: number
  /** Peers of one document. */
  peers: number
  /** Changes of which someone wants to hear that a keeper has stored them. */
  trackedHashes: number
  /** Milliseconds that an acknowledgement waits for a message to travel with. */
  ackDelayMs: number
  /** Milliseconds without acknowledgement after which what is on its way counts as lost; doubles in a row. */
  lossTimeoutMs: number
  lossTimeoutMaxMs: number
  /** Milliseconds between two rounds of catch-up with a peer; doubles while rounds bring nothing. */
  roundPauseMs: number
  roundPauseMaxMs: number
  /** Messages that one side sends in a round of catch-up without anything new in return before it begins again. */
  fruitlessMessages: number
  /** Milliseconds between two comparisons of heads with a peer; doubles while they are equal. */
  digestMs: number
  digestMaxMs: number
  /** Epochs of a document in one message, the present one among them; older ones are forgotten. */
  epochs: number
  /** Epochs that may begin after the one in which another node was seen last; fewer than are remembered, as those who follow may have some of their own. */
  epochsAhead: number
  /** Nodes of which it is known in which epoch of a document they were. */
  nodes: number
  /** Milliseconds that epochs are remembered for a node that is away, and for one whose copy ends with its process. */
  awayMs: number
  awayVolatileMs: number
  /** Actors in one list of what a replica has of an epoch. */
  clockActors: number
  /** Milliseconds after which the history of an epoch is asked for again. */
  historyMs: number
  /** Times that it is asked for in vain before a peer is left alone, until it is heard of again. */
  historyTries: number
}

export const DEFAULT_REPLICATION_LIMITS: Readonly<ReplicationLimits> = {
  batchChanges: 256,
  batchBytes: 16 * 1024,
  messageBytes: 64 * 1024 * 1024,
  listedHashes: 1_024,
  creditMessages: 64,
  creditBytes: 1024 * 1024,
  peers: 1_024,
  trackedHashes: 4_096,
  ackDelayMs: 200,
  lossTimeoutMs: 2_000,
  lossTimeoutMaxMs: 60_000,
  roundPauseMs: 250,
  roundPauseMaxMs: 60_000,
  fruitlessMessages: 8,
  digestMs: 2_000,
  digestMaxMs: 300_000,
  epochs: 9,
  epochsAhead: 4,
  nodes: 1_024,
  awayMs: 7 * 24 * 3_600_000,
  awayVolatileMs: 10 * 60_000,
  clockActors: 50_000,
  historyMs: 2_000,
  historyTries: 5,
}
