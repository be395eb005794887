/**
 * A list of a document in memory, and what has been done to it since the last commit.
 *
 * Each element has an origin: where it lay in the list that the engine has, or none if it is new. As elements
 * never change their order there, what there is to write follows from the origins alone, however many edits led
 * to them: where one is missing something was removed, where there is none something was inserted. Elements
 * before the first that an edit touched have no entry, so that appending to a long list costs nothing.
 *
 * Where an element has been moved, the order in which the list is shown is not that of the engine: origins are
 * in the engine's order then, and all else in the one that is shown. See Arrangement.
 */
import { Arrangement, type Entry, Item, MOVED, notedArrangement, StandIn } from './arrangement.ts'
import { type Data, type DataList, isContainer } from './data.ts'
import type { Mirror } from './mirror.ts'
import { Container, type Node, type Pending } from './node.ts'
import { Counter } from './values.ts'

/** Of an element that is new. */
const NEW = -1

interface Origin extends Pending {
  readonly origin: number
}

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

export class ListNode extends Container {
  data: DataList
  /** Of the elements from `#untouched` on: the origin, with what was done to the element, if anything. */
  #origins: (number | Origin)[] | null = null
  #untouched = 0
  /** How long the list is in the engine. */
  #committed = 0
  /** Node by index, once there is one. */
  #children: (Node | undefined)[] | null = null
  /** How the list is arranged, if something has been moved in it. */
  #arrangement: Arrangement | null

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
    const child = this.mirror.nodeOf(this, index, value, this.fresh || this.#isNew(this.engineIndexOf(index)))
    this.#children ??= new Array(this.data.length).fill(undefined)
    this.#children[index] = child
    return child
  }

  placeOf(child: Node): number {
    if (this.#children?.[child.place as number] !== child) child.place = this.#children?.indexOf(child) ?? NEW
    return child.place as number
  }

  /** Where the engine has a node within it. */
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
    const origins = this.#originsFrom(at)
    const offset = at - this.#untouched
    const removed = this.data.slice(at, at + remove)
    const children = this.#children?.slice(at, at + remove)
    const touched = children?.filter((child) => child !== undefined && this.touched.has(child))
    this.splice(at, remove, values)
    const lost = splice(
      origins,
      offset,
      remove,
      values.map(() => NEW),
    )
    return () => {
      this.splice(at, values.length, removed)
      splice(this.#origins, at - this.#untouched, values.length, lost ?? [])
      if (children === undefined || this.#children === null) return
      for (const [index, child] of children.entries()) {
        this.#children[at + index] = child
        if (child !== undefined) child.parent = this
      }
      for (const child of touched ?? []) this.touched.add(child as Node)
    }
  }

  /** Replaces one element, which stays the same to other replicas. Returns how to undo it. */
  put(index: number, value: Data): () => void {
    if (this.#arrangement?.shown[index]?.place != null) return this.#putMoved(this.#arrangement, index, value)
    const before = this.data[index] as Data
    const child = this.#children?.[index]
    const touched = child !== undefined && this.touched.has(child)
    const at = this.engineIndexOf(index)
    const origin = this.#mark(at, (entry) => {
      entry.replaced = true
    })
    this.replace(index, value)
    return () => {
      this.replace(index, before)
      this.#unmark(at, origin)
      if (child === undefined || this.#children === null) return
      this.#children[index] = child
      child.parent = this
      if (touched) this.touched.add(child)
    }
  }

  /** Adds to a counter, and enters that to be committed. Returns how to undo it. */
  count(index: number, by: number): () => void {
    const before = this.data[index] as Data
    const at = this.engineIndexOf(index)
    const origin = this.#mark(at, (entry) => {
      entry.counted += by
    })
    this.recount(index, by)
    return () => {
      this.own()[index] = before
      this.#unmark(at, origin)
    }
  }

  /**
   * Moves an element. What other replicas know is shown elsewhere from now on, where it is a map, a list or a text;
   * a scalar, which is nothing but its value, is taken out and put in. Returns how to undo it.
   */
  move(from: number, to: number): () => void {
    const undo = this.#snapshot()
    const at = this.engineIndexOf(from)
    if (
      isContainer(this.data[from]) &&
      !this.fresh &&
      this.#originsFrom(at)?.[at - this.#untouched] !== NEW
    ) {
      const arrangement = (this.#arrangement ??= Arrangement.plain(this.data.length))
      const [item] = arrangement.shown.splice(from, 1) as [Item]
      this.#standIn(arrangement, item, () => arrangement.indexFor(to))
      arrangement.shown.splice(to, 0, item)
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
    const removed = splice(this.own(), at, remove, values) as Data[]
    for (const value of removed) this.mirror.weigh(value, undefined)
    for (const value of values) this.mirror.weigh(undefined, value)
    if (this.#children === null) return
    const gone = splice(this.#children, at, remove, new Array(values.length).fill(undefined)) ?? []
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
    for (const [index, entry] of (this.#origins ?? []).entries()) {
      if (typeof entry === 'number') continue
      const at = entry.origin
      if (entry.replaced) steps.push({ kind: 'replace', at, value: this.#valueAt(this.#untouched + index) })
      else if (entry.counted !== 0) steps.push({ kind: 'count', at, by: entry.counted })
    }
    return steps
  }

  /**
   * What there is to insert and remove, in its order.
   *
   * @param idAt gives the id of the object that the engine has at an index
   */
  spliceSteps(idAt: (index: number) => string): SpliceStep[] {
    const steps: SpliceStep[] = []
    const origins = this.#origins
    if (origins === null) return steps
    let expected = this.#untouched
    let open: SpliceStep | undefined
    for (let index = 0; index <= origins.length; index++) {
      const at = this.#untouched + index
      const origin = index < origins.length ? this.#originOf(at) : this.#committed
      if (origin === NEW) {
        open = openAt(steps, open, at)
        open.values.push(this.#newValueAt(at, idAt))
        continue
      }
      if (origin > expected) {
        open = openAt(steps, open, at)
        open.remove = origin - expected
      }
      open = undefined
      expected = origin + 1
    }
    return steps
  }

  settle(): void {
    this.#origins = null
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

  /** Replaces an element that has been moved: what takes its place is shown where it was shown. */
  #putMoved(arrangement: Arrangement, index: number, value: Data): () => void {
    if (!isContainer(value)) return this.#writeArranged(arrangement, index, 1, [value])
    const undo = this.#snapshot()
    this.#mark(this.engineIndexOf(index), (entry) => {
      entry.replaced = true
    })
    const item = arrangement.shown[index] as Item
    this.#standIn(arrangement, item, () => arrangement.indexFor(index))
    this.replace(index, value)
    return undo
  }

  /** Lets a new stand-in take the place of all that an element has. */
  #standIn(arrangement: Arrangement, item: Item, indexFor: () => number): void {
    for (const at of arrangement.standInsFor(new Set([item]))) this.#spliceEntries(at, 1, [])
    const standIn = new StandIn('')
    standIn.target = item
    this.#spliceEntries(indexFor(), 0, [standIn])
    item.place = standIn
  }

  /** Removes and inserts what the engine has, which is to be committed. */
  #spliceEntries(at: number, remove: number, entries: Entry[]): void {
    const origins = this.#originsFrom(at)
    const fresh = entries.map(() => NEW)
    splice(origins, at - this.#untouched, remove, fresh)
    splice(this.#arrangement?.entries ?? null, at, remove, entries)
  }

  /** All as it is now; gives how to make it that again. */
  #snapshot(): () => void {
    const { data, mirror } = this
    const { entries } = mirror
    const values = data.slice()
    const children = this.#children?.slice() ?? null
    const touched = [...this.touched]
    const origins = this.#origins?.slice() ?? null
    const [untouched, committed, arrangement] = [this.#untouched, this.#committed, this.#arrangement]
    const arranged = arrangement?.entries.slice() ?? []
    return () => {
      refill(this.own(), values)
      this.#children = children
      for (const child of children ?? []) if (child !== undefined) child.parent = this
      for (const child of touched) this.touched.add(child)
      this.#origins = origins
      this.#untouched = untouched
      this.#committed = committed
      this.#arrangement = arrangement
      if (arrangement !== null) {
        refill(arrangement.entries, arranged)
        arrangement.arrange()
      }
      mirror.entries = entries
    }
  }

  /** What the engine is to have at an index. */
  #valueAt(index: number): Data {
    return this.data[this.shownIndexOf(index)] as Data
  }

  #newValueAt(index: number, idAt: (index: number) => string): Data {
    const entry = this.#arrangement?.entries[index]
    if (!(entry instanceof StandIn)) return this.#valueAt(index)
    return {
      [MOVED]: idAt(this.#originOf(this.#arrangement?.entries.indexOf(entry.target as Item) as number)),
    }
  }

  /** Where the engine has what will be at an index once all is written, or NEW. */
  #originOf(index: number): number {
    if (index < this.#untouched) return index
    const entry = this.#origins?.[index - this.#untouched] as number | Origin
    return typeof entry === 'number' ? entry : entry.origin
  }

  #orphan(child: Node | undefined): void {
    if (child === undefined) return
    child.parent = null
    this.touched.delete(child)
  }

  #isNew(index: number): boolean {
    const entry = index < this.#untouched ? undefined : this.#origins?.[index - this.#untouched]
    return entry === NEW || (typeof entry === 'object' && entry.replaced)
  }

  /** The origins, which reach down to an index from here on; null where they need not be known. */
  #originsFrom(index: number): (number | Origin)[] | null {
    if (this.fresh) return null
    this.touch()
    if (this.#origins === null) {
      this.#origins = []
      this.#untouched = this.#arrangement?.entries.length ?? this.data.length
      this.#committed = this.#untouched
    }
    if (index >= this.#untouched) return this.#origins
    const more = Array.from({ length: this.#untouched - index }, (_, offset) => index + offset)
    this.#origins = more.concat(this.#origins as number[])
    this.#untouched = index
    return this.#origins
  }

  #mark(index: number, note: (entry: Origin) => void): number | Origin | undefined {
    const origins = this.#originsFrom(index)
    if (origins === null) return undefined
    const before = origins[index - this.#untouched] as number | Origin
    if (before === NEW) return before
    const entry = typeof before === 'number' ? { origin: before, replaced: false, counted: 0 } : { ...before }
    note(entry)
    origins[index - this.#untouched] = entry
    return before
  }

  #unmark(index: number, before: number | Origin | undefined): void {
    if (before !== undefined && this.#origins !== null) this.#origins[index - this.#untouched] = before
  }
}

function openAt(steps: SpliceStep[], open: SpliceStep | undefined, at: number): SpliceStep {
  if (open !== undefined) return open
  const step: SpliceStep = { at, remove: 0, values: [] }
  steps.push(step)
  return step
}

/** Makes a list have these values and no others. */
function refill<V>(list: V[], values: readonly V[]): void {
  list.length = 0
  for (const value of values) list.push(value)
}

/** `splice` for as many values as there may be: arguments would have to fit on the stack. */
function splice<V>(list: V[] | null, at: number, remove: number, values: V[]): V[] | undefined {
  if (list === null) return undefined
  if (values.length <= 1_000) return list.splice(at, remove, ...values)
  const tail = list.splice(at)
  const removed = tail.splice(0, remove)
  for (const value of values) list.push(value)
  for (const value of tail) list.push(value)
  return removed
}
