/**
 * Goes through the history of a document from its newest changes to its oldest, one at a time, so that
 * whoever wants the newest few does not pay for all.
 *
 * Of two changes the one whose operations have the higher numbers is the newer, and by their hashes where
 * these are equal. A change is always newer than what it builds on, and every replica has the same order.
 */
import type { ChangeMetadata, Handle } from '../document/automerge.ts'

export class HistoryWalk {
  /** Changes that come next, the newest last; whatever else is left is an ancestor of one of them. */
  readonly #queue: ChangeMetadata[] = []
  readonly #queued = new Set<string>()

  constructor(handle: Handle, from: readonly string[]) {
    for (const hash of from) this.#add(handle, hash)
  }

  /** The changes from which a walk has to begin to go on where this one is. */
  get rest(): string[] {
    return this.#queue.map(({ hash }) => hash)
  }

  /** The newest change that is left. The handle has to be of the same document, and may have more changes. */
  next(handle: Handle): ChangeMetadata | undefined {
    const change = this.#queue.pop()
    if (!change) return undefined
    this.#queued.delete(change.hash)
    for (const hash of change.deps) this.#add(handle, hash)
    return change
  }

  #add(handle: Handle, hash: string): void {
    if (this.#queued.has(hash)) return
    const change = handle.getChangeMetaByHash(hash)
    if (!change) return
    this.#queued.add(hash)
    this.#queue.splice(this.#placeOf(change), 0, change)
  }

  #placeOf(change: ChangeMetadata): number {
    let low = 0
    let high = this.#queue.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (isNewer(change, this.#queue[middle] as ChangeMetadata)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function isNewer(a: ChangeMetadata, b: ChangeMetadata): boolean {
  return a.startOp === b.startOp ? a.hash > b.hash : a.startOp > b.startOp
}
