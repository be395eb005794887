/**
 * Remembers which places of a document are in conflict, so that nobody has to look through all of it. It learns
 * of new ones from the patches of what comes from other replicas; which are over it finds out when it is asked.
 */
import type { Handle } from '../document/automerge.ts'
import type { DocumentPatch } from '../document/patch.ts'
import type { Paths } from '../document/paths.ts'
import { allIn, type Slot } from '../versions/slots.ts'
import { type Path, pathOf, slotAt } from './conflict.ts'

/** A place in conflict, and where it lies at present. */
export interface Place {
  readonly slot: Slot
  /** As it is shown. */
  readonly path: Path
  /** The operations whose values are in it, by their ids. */
  readonly ops: readonly string[]
}

interface Tracked {
  slot: Slot
  /** The values that were in it, by which an element of an array is found again at another index. */
  ops: readonly string[]
}

/** Places that are remembered. Those beyond are found by looking through everything, once there is room. */
const MAX_TRACKED = 10_000

export class ConflictTracker {
  readonly #tracked = new Map<string, Tracked>()
  readonly #isFollowed: (path: Path) => boolean
  /** Whether all places in conflict are remembered. */
  #complete = false

  readonly #paths: Paths

  constructor(isFollowed: (path: Path) => boolean, paths: Paths) {
    this.#isFollowed = isFollowed
    this.#paths = paths
  }

  /** Takes note of conflicts that patches tell of. The handle, got where it is needed, has to be at the state after them. */
  note(handle: () => Handle, patches: readonly DocumentPatch[]): void {
    // Whoever has to look through everything will find these as well.
    if (!this.#complete) return
    for (const path of conflictPaths(patches)) {
      const place = this.#isFollowed(path) ? placeAt(handle(), path, this.#paths) : undefined
      if (place) this.#add(place)
    }
  }

  /** All places in conflict. */
  *places(handle: Handle): Generator<Place> {
    if (!this.#complete) this.#lookThrough(handle)
    // An element that got more values after it was noted was noted again, under another name.
    const given = new Set<string>()
    for (const [name, tracked] of this.#tracked) {
      const place = stillThere(handle, tracked, this.#paths)
      const last = place?.ops.at(-1)
      if (place && last && !given.has(last)) {
        given.add(last)
        yield place
      } else this.#tracked.delete(name)
    }
  }

  #lookThrough(handle: Handle): void {
    this.#complete = true
    for (const place of placesIn(handle, this.#paths)) if (this.#isFollowed(place.path)) this.#add(place)
  }

  #add({ slot, ops }: Place): void {
    // A key is one place for ever; an element is known by what is in it.
    const name = `${slot.object} ${typeof slot.prop === 'string' ? `/${slot.prop}` : ops.join()}`
    if (this.#tracked.size < MAX_TRACKED || this.#tracked.has(name)) this.#tracked.set(name, { slot, ops })
    else this.#complete = false
  }
}

function stillThere(handle: Handle, tracked: Tracked, paths: Paths): Place | undefined {
  const inside = pathOf(handle, tracked.slot)
  if (!inside || !findAgain(handle, tracked)) return undefined
  const { slot, ops } = tracked
  const path = [...inside.slice(0, -1), slot.prop]
  // While edits are pending, what is shown may be ahead of the engine; the conflict is there nevertheless.
  return { slot, ops, path: paths.shownPath(path) ?? path }
}

/** The place that is shown at a path, if it is in conflict. */
function placeAt(handle: Handle, path: Path, paths: Paths): Place | undefined {
  const slot = slotAt(handle, paths.enginePath(path))
  const ops = slot ? opsIn(handle, slot) : []
  return slot && ops.length > 1 ? { slot, path, ops } : undefined
}

/** The place that is shown at a path, or where the element with these values is now; whatever is in it. */
export function findPlace(
  handle: Handle,
  path: Path,
  ops: readonly string[],
  paths: Paths,
): Place | undefined {
  const slot = slotAt(handle, paths.enginePath(path))
  return slot && stillThere(handle, { slot, ops }, paths)
}

/** All places of a document that are in conflict, found by looking through everything that it shows. */
export function* placesIn(handle: Handle, paths: Paths): Generator<Place> {
  for (const inside of conflictPaths(handle.diff([], handle.getHeads()))) {
    const path = paths.shownPath(inside)
    const place = path && placeAt(handle, path, paths)
    if (place) yield place
  }
}

interface ConflictPatch {
  readonly action: string
  readonly path: Path
  readonly conflict?: boolean
  readonly conflicts?: readonly boolean[]
}

function* conflictPaths(patches: readonly ConflictPatch[]): Generator<Path> {
  for (const { action, path, conflict, conflicts } of patches) {
    if (action === 'conflict' || conflict) yield path
    for (const [offset, one] of conflicts?.entries() ?? [])
      if (one) yield [...path.slice(0, -1), Number(path.at(-1)) + offset]
  }
}

/** Whether the place is still in conflict; then it is where `slot` says afterwards. */
function findAgain(handle: Handle, tracked: Tracked): boolean {
  const { object, prop } = tracked.slot
  if (typeof prop === 'string') {
    tracked.ops = opsIn(handle, tracked.slot)
    return tracked.ops.length > 1
  }
  for (const index of outwards(prop, handle.length(object))) {
    const slot = { object, prop: index }
    const ops = opsIn(handle, slot)
    if (!ops.some((op) => tracked.ops.includes(op))) continue
    tracked.slot = slot
    tracked.ops = ops
    return ops.length > 1
  }
  return false
}

/** All indexes of a list, those near to one of them first. */
function* outwards(from: number, length: number): Generator<number> {
  for (let distance = 0; distance <= Math.max(from, length - from); distance++) {
    if (from - distance >= 0 && from - distance < length) yield from - distance
    if (distance > 0 && from + distance < length) yield from + distance
  }
}

function opsIn(handle: Handle, slot: Slot): string[] {
  return allIn(handle, slot).map(({ op }) => op)
}
