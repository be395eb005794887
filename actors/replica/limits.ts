/**
 * Every limit of the documents of one thread and of their keeper, with its unit, its default and the
 * reason for it, in one place.
 */
import { InvalidOptionError } from '../../protocols/errors.ts'

export interface ReplicaLimits {
  /** Memory that the documents of one thread may take, as far as it can be told. */
  memoryMb: number
  /** Milliseconds that a document stays loaded after nobody has it open any more. */
  unloadMs: number
  /** Milliseconds of which a commit may make the next one wait, so that edits meanwhile become one change. */
  commitPauseMs: number
  /** Commits of a document that the keeper has not stored; beyond it edits gather into the next one. */
  unkeptCommits: number
  /** Milliseconds after which an edit that the keeper has not stored rejects; it is applied all the same. */
  keepMs: number
  /** Milliseconds that opening a document may take. */
  openMs: number
  /** Incremental chunks of a document before they are put together into a snapshot. */
  incrementalChunks: number
  /** Operations in the history of a document, live ones included, before it rolls over to a new epoch. */
  epochOperations: number
  /** Patches that wait for a reader before it is given the state instead. */
  waitingPatches: number
}

const DEFAULT_LIMITS: Readonly<ReplicaLimits> = {
  memoryMb: 512,
  unloadMs: 30_000,
  commitPauseMs: 25,
  unkeptCommits: 256,
  keepMs: 30_000,
  openMs: 10_000,
  incrementalChunks: 64,
  epochOperations: 20_000,
  waitingPatches: 1_000,
}

/** Throws InvalidOptionError that names the limit. */
export function completeLimits(given: Partial<ReplicaLimits> = {}): ReplicaLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in DEFAULT_LIMITS))
      throw new InvalidOptionError(
        `there is no limit "${name}" of replicas; the limits are ${Object.keys(DEFAULT_LIMITS).join(', ')}`,
      )
    if (!Number.isInteger(value) || value < 1)
      throw new InvalidOptionError(`limits.${name} has to be a whole number from 1, not ${value}`)
  }
  return { ...DEFAULT_LIMITS, ...given }
}
