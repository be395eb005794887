/** Every limit of the transaction pool with its unit, its default and the reason for it. */
export interface PoolLimits {
  /** Envelopes that wait. */
  readonly envelopes: number
  /** Bytes of envelopes that wait: some seconds of full blocks. */
  readonly bytes: number
  /** How far the sequence number of an envelope may be above the last used one, and so how many of a sender wait. */
  readonly envelopesPerSender: number
  /** Transactions and bytes of one envelope: it has to fit into a block by itself. */
  readonly envelopeTransactions: number
  readonly envelopeBytes: number
}

export const DEFAULT_POOL_LIMITS: Omit<PoolLimits, 'envelopeTransactions' | 'envelopeBytes'> = {
  envelopes: 65_536,
  bytes: 64 * 1024 * 1024,
  envelopesPerSender: 16_384,
}
