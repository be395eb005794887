/**
 * Brings into a list in which elements are moved what the engine says has changed in it. The engine tells it of its
 * own order, stand-ins and all; what comes of it in the order that is shown is found out in the end.
 */
import { Arrangement, type Entry, Item, StandIn } from './arrangement.ts'
import { type Patch, unwrapPatched } from './automerge.ts'
import { type Data, isContainer } from './data.ts'
import type { ListNode } from './list-node.ts'
import type { DocumentPatch } from './patch.ts'
import { shared } from './patch-values.ts'
import { entryOf, type Source } from './read.ts'

/** What was done to an element that stayed, or is there from now on. */
interface Written {
  value?: Data
  /** The value as listeners get it. */
  shown?: Data
  by: number
  conflict: boolean
}

export class Rearrangement {
  readonly node: ListNode
  readonly #id: string
  readonly #arrangement: Arrangement
  readonly #before: readonly Item[]
  readonly #places: ReadonlyMap<Item, StandIn | null>
  readonly #written = new Map<Item, Written>()
  /** Whether there is something that stands for another, or for which others may stand, that was not there before. */
  #hasNew = false

  constructor(node: ListNode, id: string) {
    this.node = node
    this.#id = id
    this.#arrangement = node.arrangement ?? Arrangement.plain(node.data.length)
    this.#before = this.#arrangement.shown
    this.#places = new Map(this.#before.map((item) => [item, item.place]))
  }

  /** Takes a patch of the list itself. */
  take(patch: Patch, at: number): void {
    const { entries } = this.#arrangement
    if (patch.action === 'insert') {
      const items = patch.values.map((value, index) =>
        this.#write(new Item(), unwrapPatched(value) as Data, patch.conflicts?.[index]),
      )
      for (const [index, item] of items.entries()) entries.splice(at + index, 0, item)
    } else if (patch.action === 'del') this.#unlink(entries.splice(at, patch.length ?? 1))
    else if (patch.action === 'put') this.put(at, unwrapPatched(patch.value) as Data, patch.conflict)
    else {
      const entry = entries[at]
      if (!(entry instanceof Item)) return
      const written = this.#writtenTo(entry)
      if (patch.action === 'inc') written.by += patch.value
      else written.conflict = true
    }
  }

  /** Gives an element another value, which listeners get as `shown`. */
  put(at: number, value: Data, conflict?: boolean, shown = shared(value)): void {
    const { entries } = this.#arrangement
    const before = entries[at] as Entry
    // What stood for the value before does not stand for this one.
    this.#unlink([before])
    entries[at] = this.#write(before instanceof Item ? before : new Item(), value, conflict, shown)
  }

  /**
   * All patches of the list have been taken; tells what they have come to.
   *
   * @param standIns what is a stand-in from now on, and for what, by where the engine has it
   */
  finish(
    standIns: ReadonlyMap<number, string> | undefined,
    source: Source,
    told: DocumentPatch[] | null,
  ): void {
    const arrangement = this.#arrangement
    for (const [index, moved] of standIns ?? []) {
      this.#written.delete(arrangement.entries[index] as Item)
      arrangement.entries[index] = entryOf(moved)
    }
    if (this.#hasNew) source.resolve(this.#id, arrangement.entries)
    arrangement.arrange()
    this.#show(arrangement.shown, told)
    this.node.rearranged(arrangement.moved ? arrangement : null)
  }

  #write(item: Item, value: Data, conflict = false, shown = shared(value)): Item {
    this.#hasNew ||= isContainer(value)
    this.#written.set(item, { value, shown, by: 0, conflict })
    return item
  }

  #writtenTo(item: Item): Written {
    let written = this.#written.get(item)
    if (written === undefined) {
      written = { by: 0, conflict: false }
      this.#written.set(item, written)
    }
    return written
  }

  #unlink(entries: readonly Entry[]): void {
    const gone = new Set<Entry>(entries)
    for (const entry of this.#arrangement.entries)
      if (entry instanceof StandIn && entry.target !== null && gone.has(entry.target)) entry.target = null
  }

  /** Goes from what was shown to what is to be. */
  #show(after: readonly Item[], told: DocumentPatch[] | null): void {
    const path = told === null ? [] : this.node.path()
    const tell = (patch: DocumentPatch) => told?.push({ ...patch, path: [...path, ...patch.path] })
    const list = this.#takeOut(after, tell)
    let at = 0
    for (let index = 0; index < after.length; index++) {
      const item = after[index] as Item
      if (!this.#places.has(item)) {
        const items = this.#newFrom(after, index)
        this.#insert(list, items, at, tell)
        at += items.length
        index += items.length - 1
      } else if (this.#isStaying(item)) at = list.indexOf(item, at) + 1
      else at = this.#move(list, item, at, tell) + 1
    }
    for (const [index, item] of after.entries()) this.#rewrite(index, item, tell)
  }

  #isStaying(item: Item): boolean {
    return this.#places.get(item) === item.place
  }

  /** Takes out what is not there any more; gives what is left. */
  #takeOut(after: readonly Item[], tell: (patch: DocumentPatch) => void): Item[] {
    const list = [...this.#before]
    const kept = new Set(after)
    for (let end = list.length; end > 0; ) {
      let at = end
      while (at > 0 && !kept.has(list[at - 1] as Item)) at--
      if (at < end) {
        list.splice(at, end - at)
        this.node.splice(at, end - at, [])
        tell({ action: 'delete', path: [at], count: end - at })
        end = at
      } else end--
    }
    return list
  }

  /** What is new from an index on. */
  #newFrom(after: readonly Item[], index: number): Item[] {
    let end = index
    while (end < after.length && !this.#places.has(after[end] as Item)) end++
    return after.slice(index, end)
  }

  #insert(list: Item[], items: readonly Item[], at: number, tell: (patch: DocumentPatch) => void): void {
    const written = items.map((item) => this.#written.get(item) as Written)
    const values = written.map(({ value }) => value as Data)
    const shown = written.map(({ shown }) => shown as Data)
    const conflicts = written.map(({ conflict }) => conflict)
    for (const [offset, item] of items.entries()) {
      this.#written.delete(item)
      list.splice(at + offset, 0, item)
    }
    this.node.splice(at, 0, values)
    const flags = conflicts.includes(true) && { conflicts }
    tell({ action: 'insert', path: [at], values: shown, ...flags })
  }

  /** Puts an element that has been moved before the one at an index; gives where it is then. */
  #move(list: Item[], item: Item, before: number, tell: (patch: DocumentPatch) => void): number {
    const from = list.indexOf(item)
    const to = from < before ? before - 1 : before
    if (from === to) return to
    list.splice(from, 1)
    list.splice(to, 0, item)
    this.node.relocate(from, to)
    tell({ action: 'move', path: [from], to })
    return to
  }

  #rewrite(index: number, item: Item, tell: (patch: DocumentPatch) => void): void {
    const written = this.#written.get(item)
    if (written === undefined) return
    const { value, shown, by, conflict } = written
    const path = [index]
    if (value !== undefined) {
      this.node.replace(index, value)
      tell({ action: 'put', path, value: shown as Data, ...(conflict && { conflict }) })
    } else if (conflict) tell({ action: 'conflict', path })
    if (by === 0) return
    this.node.recount(index, by)
    tell({ action: 'increment', path, by })
  }
}
