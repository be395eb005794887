/**
 * What is the same in the last version of an epoch and in the first of the next one, which begins as a copy of
 * what is shown, without what it came from: the ids of operations on either side by those on the other.
 */
import { Arrangement, type Entry, Item, MOVED, StandIn } from '../document/arrangement.ts'
import { ACTIONS, HEAD, ROOT } from './change-codec.ts'
import { Order } from './order.ts'
import type { SavedContainer, SavedDocument, SavedElement, SavedValue } from './saved.ts'

/** Looks up, for what one side has, what the other has in its place. */
export class Side {
  readonly #elements = new Map<string, string>()
  /** What is not as for elements; null where there is nothing. */
  readonly #values = new Map<string, string | null>()
  readonly #places = new Map<string, string>()
  /** Elements that have nothing in their place. */
  readonly #gaps = new Set<string>()
  readonly #shown = new Map<string, string>()

  /** A value that is shown, or the container that it is; undefined where it is not shown. */
  value(id: string): string | undefined {
    const value = this.#values.get(id)
    return (value === undefined ? this.#elements.get(id) : value) ?? undefined
  }

  /** An element of a list or a text that is there; undefined where it is deleted. */
  element(id: string): string | undefined {
    return this.#elements.get(id)
  }

  /** What to insert behind in the place of an element, which may be deleted: the one that is there before it. */
  place(id: string): string | undefined {
    return this.#places.get(id) ?? this.#elements.get(id)
  }

  /** The value that an element shows on the other side, where another operation has written it than the element. */
  shown(id: string): string | undefined {
    return this.#shown.get(id)
  }

  pairValue(id: string, other: string): void {
    this.#values.set(id, other)
  }

  pairElement(id: string, value: string, other: string, otherValue: string): void {
    this.#elements.set(id, other)
    if (id !== value) this.#values.set(id, null)
    if (id !== value || other !== otherValue) this.#values.set(value, otherValue)
    if (other !== otherValue) this.#shown.set(id, otherValue)
  }

  /** Whether something else lies in the place of an element, if anything. */
  isGap(id: string): boolean {
    return this.#gaps.has(id)
  }

  placeAt(id: string, other: string): void {
    this.#places.set(id, other)
  }

  gapBehind(id: string, other: string): void {
    this.#places.set(id, other)
    this.#gaps.add(id)
  }
}

export interface Counterparts {
  /** From the version to the new beginning. */
  readonly forth: Side
  readonly back: Side
  /** Of the lists in which something had been moved, in the version. */
  readonly order: Order
}

/** Throws where they don't show the same. */
export function counterpartsOf(before: SavedDocument, after: SavedDocument): Counterparts {
  const pairing = new Pairing(before, after)
  pairing.map(ROOT, ROOT)
  return pairing
}

const EMPTY: SavedContainer = { keys: new Map(), elements: [] }

class Pairing implements Counterparts {
  readonly forth = new Side()
  readonly back = new Side()
  readonly #moved = new Map<string, readonly string[]>()
  readonly #before: SavedDocument
  readonly #after: SavedDocument

  constructor(before: SavedDocument, after: SavedDocument) {
    this.#before = before
    this.#after = after
  }

  get order(): Order {
    return new Order(this.#moved)
  }

  map(before: string, after: string): void {
    const [old, fresh] = [this.#before.get(before) ?? EMPTY, this.#after.get(after) ?? EMPTY]
    if (old.keys.size !== fresh.keys.size) throw new Error(`${before} and ${after} have other keys`)
    for (const [key, value] of fresh.keys) {
      const shown = old.keys.get(key)
      if (shown === undefined) throw new Error(`${before} has no key ${JSON.stringify(key)}`)
      this.forth.pairValue(shown.id, value.id)
      this.back.pairValue(value.id, shown.id)
      this.#within(shown, value)
    }
  }

  #within(before: SavedValue, after: SavedValue): void {
    if (before.action !== after.action) throw new Error(`${before.id} and ${after.id} are of other kinds`)
    if (before.action === ACTIONS.makeMap) this.map(before.id, after.id)
    else if (before.action === ACTIONS.makeList) this.#list(before.id, after.id)
    else if (before.action === ACTIONS.makeText) this.#text(before.id, after.id)
  }

  #list(before: string, after: string): void {
    const old = (this.#before.get(before) ?? EMPTY).elements
    const fresh = (this.#after.get(after) ?? EMPTY).elements
    const arranged = this.#arranged(old)
    if (arranged.shown.length !== fresh.length) throw new Error(`${before} and ${after} have other lengths`)
    const paired = new Map<Item, SavedElement>()
    for (const [index, item] of arranged.shown.entries()) {
      const [one, other] = [arranged.elements.get(item) as SavedElement, fresh[index] as SavedElement]
      this.#pair(one, other)
      paired.set(item, other)
      this.#within(one.shown as SavedValue, other.shown as SavedValue)
    }
    this.#place(old, arranged.entries, paired)
    if ([...arranged.elements.keys()].some((entry) => entry instanceof StandIn)) {
      const elements = old.map(({ id }) => id)
      this.#moved.set(before, elements)
    }
  }

  /** Where what is inserted behind an element comes to lie, where that is not behind the same element. */
  #place(
    old: readonly SavedElement[],
    entries: ReadonlyMap<SavedElement, Entry>,
    paired: ReadonlyMap<Item, SavedElement>,
  ): void {
    let last = HEAD
    for (const element of old) {
      const entry = entries.get(element)
      const shown = shownAt(entry)
      if (shown !== null) last = (paired.get(shown) as SavedElement).id
      if (shown === null) this.forth.gapBehind(element.id, last)
      if (shown === null || shown === entry) continue
      this.back.placeAt(last, element.id)
      this.forth.placeAt(element.id, last)
    }
  }

  #pair(before: SavedElement, after: SavedElement): void {
    const [value, other] = [(before.shown as SavedValue).id, (after.shown as SavedValue).id]
    this.forth.pairElement(before.id, value, after.id, other)
    this.back.pairElement(after.id, other, before.id, value)
  }

  /** The order in which a list shows what is there. */
  #arranged(old: readonly SavedElement[]) {
    const entries = new Map<SavedElement, Entry>()
    const elements = new Map<Entry, SavedElement>()
    const items = new Map<string, Item>()
    for (const element of old) {
      if (element.shown === null) continue
      const moved = this.#movedBy(element.shown)
      const entry = moved === undefined ? new Item() : new StandIn(moved)
      if (entry instanceof StandIn) entry.id = element.shown.id
      else items.set(element.shown.id, entry)
      entries.set(element, entry)
      elements.set(entry, element)
    }
    for (const entry of entries.values())
      if (entry instanceof StandIn) entry.target = items.get(entry.moved) ?? null
    return { entries, elements, shown: new Arrangement([...entries.values()]).shown }
  }

  /** What a value stands for, if it is a stand-in. */
  #movedBy({ id, action }: SavedValue): string | undefined {
    if (action !== ACTIONS.makeMap) return undefined
    const moved = this.#before.get(id)?.keys.get(MOVED)
    return moved === undefined ? undefined : new TextDecoder().decode(moved.value)
  }

  /** Several characters may have been inserted as one element, and are one each in a copy. */
  #text(before: string, after: string): void {
    const fresh = (this.#after.get(after) ?? EMPTY).elements
    let at = 0
    let last = HEAD
    for (const element of (this.#before.get(before) ?? EMPTY).elements) {
      const count = element.shown === null ? 0 : charactersIn(element.shown.value)
      for (let left = count; left > 0; left--) {
        const other = fresh[at++]
        if (other === undefined) throw new Error(`${before} and ${after} have other lengths`)
        last = other.id
        if (left > 1) this.back.placeAt(last, element.id)
        else this.#pair(element, other)
      }
      if (count === 0) this.forth.placeAt(element.id, last)
    }
    if (at < fresh.length) throw new Error(`${before} and ${after} have other lengths`)
  }
}

/** What a list shows in the place of an entry; null where it shows nothing there, as it is deleted or moved. */
function shownAt(entry: Entry | undefined): Item | null {
  if (entry instanceof StandIn) return entry.target?.place === entry ? entry.target : null
  return entry?.place === null ? entry : null
}

function charactersIn(value: Uint8Array): number {
  return [...new TextDecoder().decode(value)].length
}
