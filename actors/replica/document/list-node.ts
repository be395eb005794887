/**
 * A list of a document in memory, and what has been done to it since the last commit.
 *
 * Each element has an origin: where it lay in the list that the engine has, or none if it is new. As elements
 * never change their order, what there is to write follows from the origins alone, however many edits led to
 * them: where one is missing something was removed, where there is none something was inserted. Elements
 * before the first that an edit touched have no entry, so that appending to a long list costs nothing.
 */
import { type Data, type DataList, isContainer } from './data.ts'
import type { Mirror } from './mirror.ts'
import { Container, type Node, type Pending } from './node.ts'
import { Counter } from './values.ts'

/** Of an element that is new. */
const NEW = -1

interface Origin extends Pending {
  readonly origin: number
}

/** One step of what there is to write, at an index as it is once the steps before it are done. */
export type ListStep =
  | { kind: 'splice'; at: number; remove: number; values: Data[] }
  | { kind: 'replace'; at: number; value: Data }
  | { kind: 'count'; at: number; by: number }

export class ListNode extends Container {
  data: DataList
  /** Of the elements from `#untouched` on: the origin, with what was done to the element, if anything. */
  #origins: (number | Origin)[] | null = null
  #untouched = 0
  /** How long the list is in the engine. */
  #committed = 0
  /** Node by index, once there is one. */
  #children: (Node | undefined)[] | null = null

  constructor(
    mirror: Mirror,
    parent: Container | null,
    place: string | number,
    data: DataList,
    fresh: boolean,
  ) {
    super(mirror, parent, place, fresh)
    this.data = data
  }

  child(index: number): Node | undefined {
    const known = this.#children?.[index]
    if (known !== undefined) return known
    const value = this.data[index]
    if (!isContainer(value)) return undefined
    const child = this.mirror.nodeOf(this, index, value, this.fresh || this.#isNew(index))
    this.#children ??= new Array(this.data.length).fill(undefined)
    this.#children[index] = child
    return child
  }

  placeOf(child: Node): number {
    if (this.#children?.[child.place as number] !== child) child.place = this.#children?.indexOf(child) ?? NEW
    return child.place as number
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
    const before = this.data[index] as Data
    const child = this.#children?.[index]
    const touched = child !== undefined && this.touched.has(child)
    const origin = this.#mark(index, (entry) => {
      entry.replaced = true
    })
    this.replace(index, value)
    return () => {
      this.replace(index, before)
      this.#unmark(index, origin)
      if (child === undefined || this.#children === null) return
      this.#children[index] = child
      child.parent = this
      if (touched) this.touched.add(child)
    }
  }

  /** Adds to a counter, and enters that to be committed. Returns how to undo it. */
  count(index: number, by: number): () => void {
    const before = this.data[index] as Data
    const origin = this.#mark(index, (entry) => {
      entry.counted += by
    })
    this.recount(index, by)
    return () => {
      this.own()[index] = before
      this.#unmark(index, origin)
    }
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

  recount(index: number, by: number): void {
    const counter = this.data[index]
    if (counter instanceof Counter) this.own()[index] = new Counter(counter.value + by)
  }

  /** What there is to write, in its order. */
  steps(): ListStep[] {
    const steps: ListStep[] = []
    const origins = this.#origins
    if (origins === null) return steps
    let expected = this.#untouched
    let open: Extract<ListStep, { kind: 'splice' }> | undefined
    for (let index = 0; index <= origins.length; index++) {
      const at = this.#untouched + index
      const entry = index < origins.length ? (origins[index] as number | Origin) : this.#committed
      const origin = typeof entry === 'number' ? entry : entry.origin
      if (origin === NEW) {
        open = openAt(steps, open, at)
        open.values.push(this.data[at] as Data)
        continue
      }
      if (origin > expected) {
        open = openAt(steps, open, at)
        open.remove = origin - expected
      }
      open = undefined
      expected = origin + 1
      if (typeof entry !== 'number') steps.push(...this.#slotSteps(at, entry))
    }
    return steps
  }

  settle(): void {
    this.#origins = null
    this.touched.clear()
  }

  #exchange(data: DataList): void {
    const before = this.data
    this.data = data
    this.parent?.adopt(this, data)
    this.mirror.note(() => this.#exchange(before))
  }

  #slotSteps(at: number, entry: Origin): ListStep[] {
    if (entry.replaced) return [{ kind: 'replace', at, value: this.data[at] as Data }]
    return entry.counted === 0 ? [] : [{ kind: 'count', at, by: entry.counted }]
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
      this.#untouched = this.data.length
      this.#committed = this.data.length
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

function openAt(
  steps: ListStep[],
  open: Extract<ListStep, { kind: 'splice' }> | undefined,
  at: number,
): Extract<ListStep, { kind: 'splice' }> {
  if (open !== undefined) return open
  const step: Extract<ListStep, { kind: 'splice' }> = { kind: 'splice', at, remove: 0, values: [] }
  steps.push(step)
  return step
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
