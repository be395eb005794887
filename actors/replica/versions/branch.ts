/** Branches of a document, and how what was done elsewhere comes back into it. */
import { type Handle, loadHandle } from '../document/automerge.ts'
import { DocumentDamagedError } from '../document/errors.ts'
import { checkVersion, type Version } from './version.ts'

/**
 * A branch: a copy of the document as it was at a version, which goes its own way in the name of `actor`,
 * and that has to be a new one. The handle is the caller's, to free. It costs as much as the history is long.
 * Throws UnknownVersionError where this replica does not have the version.
 */
export function branch(handle: Handle, version: Version, actor: string): Handle {
  checkVersion(handle, version)
  return handle.fork(actor, [...version])
}

/**
 * The changes of another copy of the document, in their order, that this one lacks. The other is a handle, or
 * what a document was saved as. Throws DocumentDamagedError for bytes that are no whole document.
 */
export function changesToMerge(handle: Handle, other: Handle | Uint8Array): Uint8Array[] {
  if (!(other instanceof Uint8Array)) return handle.getChangesAdded(other)
  const loaded = load(other)
  try {
    return handle.getChangesAdded(loaded)
  } finally {
    loaded.free()
  }
}

function load(saved: Uint8Array): Handle {
  try {
    return loadHandle('00', saved)
  } catch (cause) {
    throw new DocumentDamagedError('what is to be merged is not a saved document, or is damaged', { cause })
  }
}
