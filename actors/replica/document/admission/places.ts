/** The containers of a document that a batch of changes writes into, and those that it makes. */
import type { Handle } from '../automerge.ts'
import type { Progress } from '../progress.ts'

export interface Place {
  type: string
  /** How many containers it lies in. */
  depth: number
  /** It is one that the changes that are looked at have made to stand for a moved element. */
  standsFor: boolean
  /** The changes that are looked at have written into it. */
  written: boolean
}

const ROOT = '_root'

export class Places {
  readonly #handle: Handle
  readonly #progress: Progress
  readonly #known = new Map<string, Place>([[ROOT, placeOf('map', 0)]])

  constructor(handle: Handle, progress: Progress) {
    this.#handle = handle
    this.#progress = progress
  }

  /** Adds what a change makes. */
  add(id: string, type: string, depth: number): void {
    this.#known.set(id, placeOf(type, depth))
  }

  /** Throws when there is no such container. */
  of(id: string): Place {
    let place = this.#known.get(id)
    if (place === undefined) {
      const { type, path } = this.#handle.objInfo(id)
      place = placeOf(type, path?.length ?? this.#depthWhenMade(id))
      this.#known.set(id, place)
    }
    return place
  }

  /** What has been deleted, or is hidden by another value, had a path in the version in which it was made. */
  #depthWhenMade(id: string): number {
    const [counter, actor] = id.split('@')
    const change = this.#progress.changeOf(Number(counter), actor ?? '')
    if (change === undefined) throw new Error(`there is no operation ${id}`)
    const depth = this.#handle.objInfo(id, [change.hash]).path?.length
    if (depth !== undefined) return depth
    // It was made within something hidden.
    const made = this.#handle.getDecodedChangeByHash(change.hash)?.ops[Number(counter) - change.startOp]
    if (made === undefined) throw new Error(`there is no operation ${id}`)
    return this.of(made.obj).depth + 1
  }
}

function placeOf(type: string, depth: number): Place {
  return { type, depth, standsFor: false, written: false }
}
