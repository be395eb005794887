/**
 * From one epoch of a document to the next, and back. The next one begins with what is shown at a version; what
 * was changed without being part of that version is made again upon the new beginning, and what was changed upon
 * the beginning can be made again in the old epoch, where two meet that have begun different ones.
 *
 *   parent   ... ──► version ──► x ──► y            changes that the new epoch did not begin with
 *                       ┆        ┆     ┆
 *   child             first ──► x' ──► y' ──► z     the same, and one that was made here
 *
 * Whoever crosses makes the same bytes of the same change, and takes one that came from the other side for what it
 * was there, so that each is there once, whichever ways it came.
 */
import { loadHandle } from '../document/automerge.ts'
import { countOperations, type DataMap } from '../document/data.ts'
import type { Document } from '../document/document.ts'
import { nextGenesisOf } from '../document/genesis.ts'
import { Progress } from '../document/progress.ts'
import { read } from '../document/read.ts'
import { counterpartsOf } from './counterparts.ts'
import { Order } from './order.ts'
import { sourceIn } from './provenance.ts'
import { readSaved } from './saved.ts'
import { type Named, named, Shore } from './shore.ts'

export class Crossing {
  /** The new epoch as it begins, and the hash of its first change. */
  readonly saved: Uint8Array
  readonly hash: string
  /** Operations in the history of the version, and those that its state alone takes. */
  readonly operations: number
  readonly live: number
  readonly #parent: Shore
  readonly #child: Shore

  /** @param heads a version that the parent has */
  constructor(parent: Document, heads: readonly string[]) {
    const version = [...heads].sort()
    const before = savedAt(parent, version)
    const common = loadHandle('00', before)
    const progress = Progress.of(common)
    const state = read(common, '/') as DataMap
    this.operations = progress.maxOp
    this.live = countOperations(state)
    this.saved = nextGenesisOf(parent.id, parent.epoch + 1, version, state)
    common.free()
    const first = loadHandle('00', this.saved)
    const { maxOp, heads: hashes } = Progress.of(first)
    first.free()
    this.hash = hashes[0] as string
    const { forth, back, order } = counterpartsOf(readSaved(before), readSaved(this.saved))
    this.#child = new Shore({
      ...{ name: `to ${this.hash}`, base: hashes, baseEnd: maxOp, side: forth, order: new Order() },
      isCommon: (hash) => hash === this.hash,
      clock: progress.clock,
    })
    this.#parent = new Shore({
      ...{ name: `from ${this.hash}`, base: version, baseEnd: progress.maxOp, side: back, order },
      isCommon: (hash) => progress.has(hash),
      clock: new Map(),
    })
  }

  /**
   * The changes that the child lacks of what the parent has, in their order, one for each that the parent has: undefined
   * where the child has it. Each takes some of the time that all of them take.
   */
  *forth(parent: Document, child: Document): Generator<Uint8Array | undefined, void> {
    for (const change of this.#over(parent.changesSince(this.#parent.base), this.#child, this.#parent))
      yield lacking(child, change)
  }

  /** The changes that the parent lacks of what the child has, as `forth` gives them. */
  *back(child: Document, parent: Document): Generator<Uint8Array | undefined, void> {
    // What came from the parent is not to be taken for what the child has made.
    for (const _ of this.forth(parent, child)) yield undefined
    for (const change of this.#over(child.changesSince([this.hash]), this.#parent, this.#child))
      yield lacking(parent, change)
  }

  *#over(changes: readonly Uint8Array[], here: Shore, there: Shore): Generator<Named | undefined, void> {
    for (const bytes of changes) {
      const source = named(bytes)
      yield here.counterparts.get(source.hash) ?? this.#cross(source, here, there)
    }
  }

  #cross(source: Named, here: Shore, there: Shore): Named | undefined {
    const origin = originOf(source, here, there)
    if (origin !== undefined) return origin
    const draft = here.draft(source, there)
    if (draft !== undefined) here.enter(draft, there)
    return draft?.made
  }
}

/** The change here that one there was made of, if it is so. What it says of that shows by making it again. */
function originOf(source: Named, here: Shore, there: Shore): Named | undefined {
  const carried = sourceIn(source.content.message)
  if (carried === undefined) return undefined
  try {
    const origin = named(carried)
    const draft = there.draft(origin, here)
    if (draft?.made.hash !== source.hash) return undefined
    there.enter(draft, here)
    return origin
  } catch {
    return undefined
  }
}

function lacking(target: Document, change: Named | undefined): Uint8Array | undefined {
  return change === undefined || target.has(change.hash) ? undefined : change.bytes
}

/** All of a document up to a version. */
function savedAt(document: Document, version: readonly string[]): Uint8Array {
  const { handle } = document
  if (document.heads.join() === version.join()) return handle.save()
  const fork = handle.fork('00', [...version])
  try {
    return fork.save()
  } finally {
    fork.free()
  }
}
