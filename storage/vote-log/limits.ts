/** Every limit of the vote log with its unit, its default and the reason for it. */
import { checkInteger } from '../../protocols/limits.ts'
import { completeLimitsOf } from '../limits.ts'

export interface VoteLogLimits {
  /** Bytes of the file at which a new one begins, with only what is still kept: starting reads all of it. */
  segmentBytes: number
  /** Bytes of what is kept, which is also held in memory. What is forgotten in time never comes near it. */
  keptBytes: number
  /** Bytes of the appends that are on their way to the disk at a time. */
  inFlightBytes: number
  /** Appends that may wait for room on that way. */
  waitingCalls: number
}

const MiB = 1024 * 1024

const DEFAULT_VOTE_LOG_LIMITS: Readonly<VoteLogLimits> = {
  segmentBytes: 32 * MiB,
  keptBytes: 256 * MiB,
  inFlightBytes: 64 * MiB,
  waitingCalls: 10_000,
}

/** UTF-8 bytes of a validator's name; a public key has 64. */
export const MAX_NAME_BYTES = 256

/** A file is read at once, and that goes up to 2 GiB: it may be twice as large as what is kept, and a batch more. */
const MOST_BYTES = 512 * MiB

/** Throws InvalidOptionError for an unknown name or a value out of range. */
export function completeVoteLogLimits(given: Partial<VoteLogLimits>): VoteLogLimits {
  const limits = completeLimitsOf(given, DEFAULT_VOTE_LOG_LIMITS)
  for (const name of ['segmentBytes', 'keptBytes'] as const)
    checkInteger(`limits.${name}`, limits[name], 1, MOST_BYTES)
  return limits
}
