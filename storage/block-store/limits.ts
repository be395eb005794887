/** Every limit of the block store with its unit, its default and the reason for it. */
import { completeLimitsOf } from '../limits.ts'

export interface BlockStoreLimits {
  /** Bytes of a file at which a new one begins: blocks are deleted by whole files. */
  segmentBytes: number
  /** Heights before the oldest block of which it is still kept that they are final. */
  finalityHeights: number
  /** Snapshots that are kept, with all blocks since the oldest of them: where one is damaged, the one before serves. */
  keptSnapshots: number
  /** Bytes of all that is stored: it must not take the whole disk. */
  storeBytes: number
  /** Bytes of the appends that are on their way to the disk at a time. */
  inFlightBytes: number
  /** Appends that may wait for room on that way. */
  waitingCalls: number
  /** Damaged files that are kept for people to look at, the newest. */
  damagedFiles: number
}

const MiB = 1024 * 1024

const DEFAULT_BLOCK_STORE_LIMITS: Readonly<BlockStoreLimits> = {
  segmentBytes: 64 * MiB,
  finalityHeights: 20_000,
  keptSnapshots: 2,
  storeBytes: 64 * 1024 * MiB,
  inFlightBytes: 64 * MiB,
  waitingCalls: 10_000,
  damagedFiles: 8,
}

/** Throws InvalidOptionError for an unknown name or a value out of range. */
export function completeBlockStoreLimits(given: Partial<BlockStoreLimits> = {}): BlockStoreLimits {
  return completeLimitsOf(given, DEFAULT_BLOCK_STORE_LIMITS)
}
