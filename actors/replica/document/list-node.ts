/**
 * A list of a document in memory, and what has been done to it since the last commit.
 *
 * Where an element has been moved, the order in which the list is shown is not that of the engine: origins are in
 * the engine's order then, and all else in the one that is shown. See Arrangement.
 */
import { Arrangement, type Entry, Item, MOVED, notedArrangement, StandIn } from './arrangement.ts'
import { type Data, type DataList, isContainer } from './data.ts'
import type { Mirror } from './mirror.ts'
import { Container, type Node, type Pending } from './node.ts'
import { NEW, type Entry as Origin, Origins, splice } from './origins.ts'
import { Counter } from './values.ts'

/** What there is to write to an element, at its index before anything is inserted or removed. */
export type ElementStep =
  | { kind: 'replace'; at: number; value: Data }
  | { kind: 'count'; at: number; by: number }

/** What there is to insert and remove, at an index as it is once the steps before it are done. */
export interface SpliceStep {
  at: number
  remove: number
  values: Data[]
}

const DONE = () => undefined

export class ListNode extends Container {
  data: DataList
  readonly #origins = new Origins()
  /** Node by index, once there is one. */
  #children: (Node | undefined)[] | null = null
  /** How the list is arranged, if something has been moved in it. */
  #arrangement: Arrangement | null
  /** The edit in which a snapshot was last taken. */
  #snapshotIn = 0
  /** Nodes of what was taken out since. */
  #lost: Node[] = []

  constructor(
    mirror: Mirror,
    parent: Container | null,
    place: string | number,
    data: DataList,
    fresh: boolean,
  ) {
    super(mirror, parent, place, fresh)
    this.data = data
    this.#arrangement = notedArrangement(data)
  }

  get arrangement(): Arrangement | null {
    return this.#arrangement
  }

  child(index: number): Node | undefined {
    const known = this.#children?.[index]
    if (known !== undefined) return known
    const value = this.data[index]
    if (!isContainer(value)) return undefined
    const fresh = this.fresh || this.#origins.isFresh(this.engineIndexOf(index))
    const child = this.mirror.nodeOf(this, index, value, fresh)
    this.#children ??= new Array(this.data.length).fill(undefined)
    this.#children[index] = child
    return child
  }

  placeOf(child: Node): number {
    if (this.#children?.[child.place as number] !== child) child.place = this.#children?.indexOf(child) ?? -1
    return child.place as number
  }

  enginePlaceOf(child: Node): number {
    return this.engineIndexOf(this.placeOf(child))
  }

  engineChild(index: number): Node | undefined {
    const shown = this.shownIndexOf(index)
    return shown < 0 ? undefined : this.child(shown)
  }

  /** Where the engine has what is shown at an index. */
  engineIndexOf(shown: number): number {
    return this.#arrangement === null ? shown : this.#arrangement.indexOf(shown)
  }

  /** Where what the engine has at an index is shown; -1 where it is not. */
  shownIndexOf(index: number): number {
    if (this.#arrangement === null) return index
    return this.#arrangement.shown.indexOf(this.#arrangement.entries[index] as Item)
  }

  adopt(child: Node, data: Data): void {
    this.own()[this.placeOf(child)] = data
  }

  own(): DataList {
    if (!Object.isExtensible(this.data)) this.#exchange(this.data.slice())
    return this.data
  }

  /** Removes and inserts elements, and enters that to be committed. Returns how to undo it. */
  write(at: number, remove: number, values: Data[]): () => void {
    if (this.#arrangement !== null) return this.#writeArranged(this.#arrangement, at, remove, values)
    const removed = this.data.slice(at, at + remove)
    const children = this.#children?.slice(at, at + remove)
    const touched = children?.filter((child) => child !== undefined && this.touched.has(child))
    const lost = this.#spliceOrigins(at, remove, values.length)
    this.splice(at, remove, values)
    return this.#orSnapshot(() => {
      this.splice(at, values.length, removed)
      this.#origins.restore(at, values.length, lost)
      if (children === undefined || this.#children === null) return
      for (const [index, child] of children.entries()) {
        this.#children[at + index] = child
        if (child !== undefined) child.parent = this
      }
      for (const child of touched ?? []) this.touched.add(child as Node)
    })
  }

  /** Replaces one element, which stays the same to other replicas. Returns how to undo it. */
  put(index: number, value: Data): () => void {
    if (this.#arrangement !== null) return this.#putArranged(this.#arrangement, index, value)
    const before = this.data[index] as Data
    const child = this.#children?.[index]
    const touched = child !== undefined && this.touched.has(child)
    const origin = this.#mark(index, replaced)
    this.replace(index, value)
    return this.#orSnapshot(() => {
      this.replace(index, before)
      this.#unmark(index, origin)
      if (child === undefined || this.#children === null) return
      this.#children[index] = child
      child.parent = this
      if (touched) this.touched.add(child)
    })
  }

  /** Adds to a counter, and enters that to be committed. Returns how to undo it. */
  count(index: number, by: number): () => void {
    if (this.#arrangement !== null) this.mirror.note(this.#snapshot())
    const before = this.data[index] as Data
    const origin = this.#mark(this.engineIndexOf(index), (entry) => {
      entry.counted += by
    })
    this.recount(index, by)
    return this.#orSnapshot(() => {
      this.own()[index] = before
      this.#unmark(index, origin)
    })
  }

  /**
   * Moves an element. What other replicas know is shown elsewhere from now on, where it is a map, a list or a text;
   * a scalar, which is nothing but its value, is taken out and put in. Returns how to undo it.
   */
  move(from: number, to: number): () => void {
    const undo = this.#snapshot()
    const at = this.engineIndexOf(from)
    if (isContainer(this.data[from]) && !this.fresh && this.#origins.of(at) !== NEW) {
      this.#arrangement ??= Arrangement.plain(this.data.length)
      const [item] = this.#arrangement.shown.splice(from, 1) as [Item]
      this.#standIn(this.#arrangement, item, to)
      this.#arrangement.shown.splice(to, 0, item)
    } else {
      this.#spliceEntries(at, 1, [])
      this.#arrangement?.shown.splice(from, 1)
      const item = new Item()
      this.#spliceEntries(this.#arrangement?.indexFor(to) ?? to, 0, [item])
      this.#arrangement?.shown.splice(to, 0, item)
    }
    this.relocate(from, to)
    return undo
  }

  /** Removes and inserts elements as another replica did. */
  splice(at: number, remove: number, values: Data[]): void {
    const removed = splice(this.own(), at, remove, values)
    for (const value of removed) this.mirror.weigh(value, undefined)
    for (const value of values) this.mirror.weigh(undefined, value)
    if (this.#children === null) return
    const gone = splice(this.#children, at, remove, new Array(values.length).fill(undefined))
    for (const child of gone) this.#orphan(child)
  }

  replace(index: number, value: Data): void {
    const data = this.own()
    this.mirror.weigh(data[index], value)
    data[index] = value
    if (this.#children === null) return
    this.#orphan(this.#children[index])
    this.#children[index] = undefined
  }

  /** Shows an element elsewhere. */
  relocate(from: number, to: number): void {
    const data = this.own()
    data.splice(to, 0, ...data.splice(from, 1))
    this.#children?.splice(to, 0, ...this.#children.splice(from, 1))
  }

  /** What another replica has done to the list is arranged like this; null where nothing is moved in it. */
  rearranged(arrangement: Arrangement | null): void {
    this.#arrangement = arrangement
  }

  recount(index: number, by: number): void {
    const counter = this.data[index]
    if (counter instanceof Counter) this.own()[index] = new Counter(counter.value + by)
  }

  /** What there is to write to elements, which comes first. */
  elementSteps(): ElementStep[] {
    const steps: ElementStep[] = []
    for (const { index, origin: at, replaced, counted } of this.#origins.marked())
      if (replaced) steps.push({ kind: 'replace', at, value: this.data[this.shownIndexOf(index)] as Data })
      else if (counted !== 0) steps.push({ kind: 'count', at, by: counted })
    return steps
  }

  /**
   * What there is to insert and remove, in its order.
   *
   * @param idAt gives the id of the object that the engine has at an index
   */
  spliceSteps(idAt: (index: number) => string): SpliceStep[] {
    return this.#origins.splices().map(({ at, remove, added }) => {
      if (this.#arrangement === null) return { at, remove, values: this.data.slice(at, at + added) }
      const entries = this.#arrangement.entries.slice(at, at + added)
      return { at, remove, values: entries.map((entry, offset) => this.#newValue(entry, at + offset, idAt)) }
    })
  }

  settle(): void {
    this.#origins.clear()
    this.#lost = []
    this.touched.clear()
    if (this.#arrangement?.moved === false) this.#arrangement = null
  }

  #exchange(data: DataList): void {
    const before = this.data
    this.data = data
    this.parent?.adopt(this, data)
    this.mirror.note(() => this.#exchange(before))
  }

  #writeArranged(arrangement: Arrangement, at: number, remove: number, values: Data[]): () => void {
    const undo = this.#snapshot()
    const removed = new Set(arrangement.shown.slice(at, at + remove))
    for (const index of arrangement.standInsFor(removed)) this.#spliceEntries(index, 1, [])
    for (const item of removed) this.#spliceEntries(arrangement.entries.indexOf(item), 1, [])
    const items = values.map(() => new Item())
    this.#spliceEntries(arrangement.indexFor(at), 0, items)
    splice(arrangement.shown, at, remove, items)
    this.splice(at, remove, values)
    return undo
  }

  /** What takes the place of an element that has been moved is shown where that was shown. */
  #putArranged(arrangement: Arrangement, index: number, value: Data): () => void {
    const item = arrangement.shown[index] as Item
    if (item.place !== null && !isContainer(value)) return this.#writeArranged(arrangement, index, 1, [value])
    const undo = this.#snapshot()
    this.#mark(this.engineIndexOf(index), replaced)
    if (item.place !== null) this.#standIn(arrangement, item, index)
    this.replace(index, value)
    return undo
  }

  /** Lets a new stand-in, for what is to be shown at an index, take the place of all that an element has. */
  #standIn(arrangement: Arrangement, item: Item, index: number): void {
    for (const at of arrangement.standInsFor(new Set([item]))) this.#spliceEntries(at, 1, [])
    const standIn = new StandIn('')
    standIn.target = item
    this.#spliceEntries(arrangement.indexFor(index), 0, [standIn])
    item.place = standIn
  }

  /** Removes and inserts what the engine has, which is to be committed. */
  #spliceEntries(at: number, remove: number, entries: Entry[]): void {
    this.#spliceOrigins(at, remove, entries.length)
    if (this.#arrangement !== null) splice(this.#arrangement.entries, at, remove, entries)
  }

  #spliceOrigins(at: number, remove: number, added: number): Origin[] {
    if (this.fresh) return []
    this.touch()
    return this.#origins.splice(at, remove, added, this.#engineLength)
  }

  /** How long the list will be in the engine. */
  get #engineLength(): number {
    return this.#arrangement?.entries.length ?? this.data.length
  }

  /** All as it is now; gives how to make it that again. One snapshot is enough for all that an edit does. */
  #snapshot(): () => void {
    const { data, mirror } = this
    if (this.#snapshotIn === mirror.edits) return DONE
    this.#snapshotIn = mirror.edits
    this.#lost = []
    const { entries } = mirror
    const values = data.slice()
    const children = this.#children?.slice() ?? []
    const touched = [...this.touched]
    const origins = this.#origins.snapshot()
    const arrangement = this.#arrangement
    const arranged = arrangement?.entries.slice() ?? []
    return () => {
      refill(this.own(), values)
      this.#keepNodes(values, children)
      for (const child of touched) this.touched.add(child)
      origins()
      this.#arrangement = arrangement
      if (arrangement !== null) {
        refill(arrangement.entries, arranged)
        arrangement.arrange()
      }
      mirror.entries = entries
    }
  }

  /** How to undo something, unless that is done by a snapshot that was taken before it. */
  #orSnapshot(undo: () => void): () => void {
    return this.#snapshotIn === this.mirror.edits ? DONE : undo
  }

  /** Has the nodes again that it had, and those that were made since of what is there. */
  #keepNodes(values: DataList, before: (Node | undefined)[]): void {
    const known = new Set(before)
    const present = [...(this.#children ?? []), ...this.#lost]
    const later = present.filter((child) => child !== undefined && !known.has(child))
    if (before.length === 0 && later.length > 0) before.length = values.length
    for (const child of later as Node[]) {
      const index = values.indexOf(child.data)
      if (index < 0) this.#orphan(child)
      else before[index] = child
    }
    for (const child of before) if (child !== undefined) child.parent = this
    this.#children = before.length === 0 ? null : before
  }

  #newValue(entry: Entry, at: number, idAt: (index: number) => string): Data {
    if (!(entry instanceof StandIn)) return this.data[this.shownIndexOf(at)] as Data
    const target = this.#arrangement?.entries.indexOf(entry.target as Item) as number
    return { [MOVED]: idAt(this.#origins.of(target)) }
  }

  #orphan(child: Node | undefined): void {
    if (child === undefined) return
    child.parent = null
    this.touched.delete(child)
    if (this.mirror.editing && this.#snapshotIn === this.mirror.edits) this.#lost.push(child)
  }

  #mark(index: number, note: (entry: Pending) => void): Origin | undefined {
    if (this.fresh) return undefined
    this.touch()
    return this.#origins.mark(index, this.#engineLength, note)
  }

  #unmark(index: number, before: Origin | undefined): void {
    if (before !== undefined) this.#origins.unmark(index, before)
  }
}

function replaced(entry: Pending): void {
  entry.replaced = true
}

/** Makes a list have these values and no others. */
function refill<V>(list: V[], values: readonly V[]): void {
  list.length = 0
  for (const value of values) list.push(value)
}
