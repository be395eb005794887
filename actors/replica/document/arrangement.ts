/**
 * The order in which a list is shown in which elements have been moved.
 *
 * The engine can't move an element: it would have to be deleted, and inserted as another one. So it stays where
 * it is, and where it was moved to a stand-in for it is inserted, a map that nobody sees:
 *
 *   engine   A   B   C   {"$moved": "id of A"}   D
 *   shown        B   C    A                      D
 *
 * A move takes away the stand-ins before it that it knows of. Of those that were inserted at the same time the one
 * with the highest id counts, on all replicas the same, so that an element is always shown once and in one place.
 * Where what is inserted comes to lie is left to the engine, for stand-ins as for all else. A stand-in for what is
 * not in the list, as it was deleted or replaced meanwhile, is not shown.
 */
import type { Data } from './data.ts'
import { compareOps } from './operation-id.ts'

/** The key in a stand-in for the id of what it stands for. Documents' own keys can't begin like this. */
export const MOVED = '$moved'

/** What a value stands for, if it is a stand-in. */
export function movedIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, MOVED)) return undefined
  return String((value as Record<string, unknown>)[MOVED])
}

/** An element of a list. */
export class Item {
  /** The stand-in in whose place it is shown; null where it is shown in its own. */
  place: StandIn | null = null
}

export class StandIn {
  /** The id of what it stands for; empty until it is committed. */
  readonly moved: string
  /** That one's element; null where it is not known, or not there. */
  target: Item | null = null
  /** Its own id; empty until there may be others for the same element, as a move takes away those before it. */
  id = ''

  constructor(moved: string) {
    this.moved = moved
  }
}

export type Entry = Item | StandIn

export class Arrangement {
  /** All that the engine has in the list, in its order. */
  readonly entries: Entry[]
  /** The elements as they are shown. */
  shown: Item[]

  constructor(entries: Entry[]) {
    this.entries = entries
    this.shown = []
    this.arrange()
  }

  /** Of a list of so many elements in which nothing has been moved yet. */
  static plain(length: number): Arrangement {
    return new Arrangement(Array.from({ length }, () => new Item()))
  }

  /** Whether something has been moved. */
  get moved(): boolean {
    return this.entries.some((entry) => entry instanceof StandIn)
  }

  /** Where the engine has an element that is shown at an index. */
  indexOf(shown: number): number {
    return this.entries.indexOf(this.shown[shown] as Item)
  }

  /** Where the engine has to insert what is to be shown at an index: right behind what is shown before it. */
  indexFor(shown: number): number {
    const before = this.shown[shown - 1]
    return before === undefined ? 0 : this.entries.indexOf(before.place ?? before) + 1
  }

  /** Where the engine has the stand-ins for some elements, those at the end first. */
  standInsFor(items: ReadonlySet<Item>): number[] {
    const indexes: number[] = []
    for (let index = this.entries.length - 1; index >= 0; index--) {
      const entry = this.entries[index]
      if (entry instanceof StandIn && entry.target !== null && items.has(entry.target)) indexes.push(index)
    }
    return indexes
  }

  /** Finds out anew where each element is shown. */
  arrange(): void {
    const { entries } = this
    for (const entry of entries) if (entry instanceof Item) entry.place = null
    for (const entry of entries) {
      if (!(entry instanceof StandIn) || entry.target === null) continue
      const { target } = entry
      if (target.place === null || compareOps(entry.id, target.place.id) > 0) target.place = entry
    }
    this.shown = []
    for (const entry of entries)
      if (entry instanceof Item) {
        if (entry.place === null) this.shown.push(entry)
      } else if (entry.target?.place === entry) this.shown.push(entry.target)
  }
}

const arrangements = new WeakMap<readonly Data[], Arrangement>()

/** Notes how a list that was read from the engine is arranged, for whoever goes on with it. */
export function noteArrangement(list: readonly Data[], arrangement: Arrangement): void {
  arrangements.set(list, arrangement)
}

export function notedArrangement(list: readonly Data[]): Arrangement | null {
  return arrangements.get(list) ?? null
}
