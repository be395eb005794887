/** The history of a document, newest first and page by page. */
import { InvalidOptionError } from '../../../protocols/errors.ts'
import type { ChangeMetadata, Handle } from '../document/automerge.ts'
import { type Authorship, type ChangeKind, describe } from './message.ts'
import { checkVersion, sorted, type Version } from './version.ts'
import { HistoryWalk } from './walk.ts'

export interface HistoryEntry {
  /** The document as whoever made this change saw it afterwards. */
  readonly version: Version
  readonly hash: string
  /** When it was made by the clock of whoever made it, to the second; null for what is the same on every replica. */
  readonly timeMs: number | null
  readonly kind: ChangeKind
  /** Whose edits are in it. Nobody's in the first change and where a rule settled a conflict. */
  readonly authors: readonly Authorship[]
  /** The version that it was made from. It has more than one change in it where it brought work together. */
  readonly parents: Version
}

export interface HistoryPage {
  readonly entries: readonly HistoryEntry[]
  /** What to give as `before` for the next page; null when this is the last. */
  readonly next: Version | null
}

export interface HistoryOptions {
  /** Changes on one page; default 50, at most 1,000. */
  readonly limit?: number
  /** Begin with this version: what the last page gave as `next`, or the `parents` of an entry. */
  readonly before?: Version
}

const MAX_PAGE = 1_000

/** Throws UnknownVersionError where `before` is no version that this replica has. */
export function history(handle: Handle, options: HistoryOptions = {}): HistoryPage {
  const { limit = 50, before } = options
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE)
    throw new InvalidOptionError(`limit has to be a whole number from 1 to ${MAX_PAGE}, not ${String(limit)}`)
  // What comes before the first change is no version, and an empty page.
  if (before && before.length !== 0) checkVersion(handle, before)
  const walk = new HistoryWalk(handle, before ?? handle.getHeads())
  const entries: HistoryEntry[] = []
  while (entries.length < limit) {
    const change = walk.next(handle)
    if (!change) break
    entries.push(entryOf(change))
  }
  const rest = walk.rest
  return { entries, next: rest.length === 0 ? null : sorted(rest) }
}

function entryOf(change: ChangeMetadata): HistoryEntry {
  const { kind, authors } = describe(change)
  return {
    version: [change.hash],
    hash: change.hash,
    timeMs: change.time === 0 ? null : change.time * 1_000,
    kind,
    authors,
    parents: sorted(change.deps),
  }
}
