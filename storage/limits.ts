/** Every limit of the storage with its unit, its default and the reason for it, in one place. */
import { InvalidOptionError } from '../protocols/errors.ts'
import { checkInteger } from '../protocols/limits.ts'

export interface StorageLimits {
  /** Bytes of one document's chunks together: loading it takes as much memory. */
  documentBytes: number
  /** Bytes of all that is stored, with what the store needs for itself: it must not take the whole disk. */
  storeBytes: number
  /** Bytes of the writes that are on their way to the disk at a time, and so of any single one. */
  inFlightBytes: number
  /** Calls that may wait for room on that way. */
  waitingCalls: number
}

const MiB = 1024 * 1024

export const DEFAULT_STORAGE_LIMITS: Readonly<StorageLimits> = {
  documentBytes: 256 * MiB,
  storeBytes: 64 * 1024 * MiB,
  inFlightBytes: 64 * MiB,
  waitingCalls: 10_000,
}

/** The same for every store, because they are part of what a document may be named and a caller may do. */
export const CHUNK_LIMITS = {
  /** UTF-16 units of a document's name. */
  documentName: 1_024,
  /** UTF-16 units of a chunk's id, which is a hash. */
  id: 256,
  /** Chunks and removals of one write. */
  keys: 100_000,
  /** Names in one page of documents. */
  page: 1_000,
} as const

/** Throws InvalidOptionError for an unknown name or a value out of range. */
export function completeStorageLimits(
  given: Partial<StorageLimits>,
  defaults = DEFAULT_STORAGE_LIMITS,
): StorageLimits {
  return completeLimitsOf(given, defaults)
}

/** The same for the limits of any part of the storage. */
export function completeLimitsOf<L extends object>(given: Partial<L>, defaults: Readonly<L>): L {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name))
      throw new InvalidOptionError(
        `there is no limit "${name}" of a storage; the limits are ${Object.keys(defaults).join(', ')}`,
      )
    if (value !== undefined) checkInteger(`limits.${name}`, value, 1)
  }
  const known = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(known) }
}
