/**
 * A version of a document: what it was when certain changes, and all that they knew of, had been made.
 * It is plain data, so that it can be kept, compared and sent; what is in it is nobody's business but this
 * folder's. A version means the same on every replica that has its changes.
 */
import type { Handle } from '../document/automerge.ts'
import { UnknownVersionError } from './errors.ts'

/** The hashes of the newest changes of a version, sorted. */
export type Version = readonly string[]

/** Changes that one version may name; a document that is worked on has a few. */
const MAX_HASHES = 100_000

const HASH = /^[0-9a-f]{64}$/

/** The version that a document is at. */
export function currentVersion(handle: Handle): Version {
  return handle.getHeads().sort()
}

/** Throws UnknownVersionError unless the document has all changes of the version. */
export function checkVersion(handle: Handle, version: Version): void {
  if (!Array.isArray(version) || version.length === 0)
    throw new UnknownVersionError(
      `${show(version)} is no version; take one from the history, or what was the present one`,
    )
  if (version.length > MAX_HASHES)
    throw new UnknownVersionError(`a version names at most ${MAX_HASHES} changes, not ${version.length}`)
  for (const hash of version)
    if (typeof hash !== 'string' || !HASH.test(hash) || !handle.getChangeMetaByHash(hash))
      throw new UnknownVersionError(
        `this replica has no change ${show(hash)}; the version is of another document, or its changes have not arrived`,
      )
}

/** In an order of its own, so that the same version always looks the same. */
export function sorted(hashes: readonly string[]): Version {
  return [...hashes].sort()
}

function show(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 80)
}
