/** What a document was at a version. */
import type { Handle } from '../document/automerge.ts'
import { type Data, freeze } from '../document/data.ts'
import { read } from '../document/read.ts'
import { checkVersion, type Version } from './version.ts'

/**
 * The whole state, as a view shows it and as unchangeable. Throws UnknownVersionError where this replica does
 * not have the version.
 */
export function at(handle: Handle, version: Version): unknown {
  return freeze(stateAt(handle, version) as Data)
}

/** The same for who changes it afterwards. */
export function stateAt(handle: Handle, version: Version): unknown {
  checkVersion(handle, version)
  return read(handle, '/', version)
}
