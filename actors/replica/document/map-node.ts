/** A map of a document in memory, and what has been done to its keys since the last commit. */
import { type Data, type DataMap, freeze, isContainer } from './data.ts'
import type { Mirror } from './mirror.ts'
import { Container, type Node, type Pending } from './node.ts'
import { Counter } from './values.ts'

/** A copy, made twice as fast as by a spread where there are thousands of keys. */
function copyOf(data: DataMap, keys: readonly string[]): DataMap {
  const copy: DataMap = {}
  for (const key of keys) copy[key] = data[key] as Data
  return copy
}

const MANY_KEYS = 1_000

export class MapNode extends Container {
  data: DataMap
  readonly pending = new Map<string, Pending>()
  readonly #children = new Map<string, Node>()
  /** Keys of which the value may be one that is not frozen; null where all may. */
  #loose: Set<string> | null = null
  /** Of large maps, until a key comes or goes: to list them takes half as long as to copy everything. */
  #keys: string[] | null = null

  constructor(
    mirror: Mirror,
    parent: Container | null,
    place: string | number,
    data: DataMap,
    fresh: boolean,
  ) {
    super(mirror, parent, place, fresh)
    this.data = data
  }

  get(key: string): Data | undefined {
    return Object.hasOwn(this.data, key) ? this.data[key] : undefined
  }

  child(key: string): Node | undefined {
    const known = this.#children.get(key)
    if (known !== undefined) return known
    const value = this.get(key)
    if (!isContainer(value)) return undefined
    const child = this.mirror.nodeOf(this, key, value, this.fresh || this.pending.get(key)?.replaced === true)
    this.#children.set(key, child)
    return child
  }

  placeOf(child: Node): string {
    return child.place as string
  }

  enginePlaceOf(child: Node): string {
    return this.placeOf(child)
  }

  engineChild(key: string): Node | undefined {
    return this.child(key)
  }

  adopt(child: Node, data: Data): void {
    this.#put(child.place as string, data)
  }

  own(): DataMap {
    if (!Object.isExtensible(this.data)) {
      this.#exchange(copyOf(this.data, this.#listKeys()))
      this.#loose = new Set()
    }
    return this.data
  }

  /** Makes the data immutable, so that it can be handed out, without looking at what has not changed since. */
  freeze(): DataMap {
    const loose = this.#loose
    this.#loose = new Set()
    if (loose === null) return freeze(this.data)
    for (const key of loose) {
      const child = this.#children.get(key)
      if (child instanceof MapNode) child.freeze()
      else if (child !== undefined) freeze(child.data)
      else if (Object.hasOwn(this.data, key)) freeze(this.data[key] as Data)
    }
    return Object.freeze(this.data)
  }

  /** Replaces a value, or with undefined deletes it, and enters that to be committed. Returns how to undo it. */
  write(key: string, value: Data | undefined): () => void {
    const before = this.get(key)
    const child = this.#children.get(key)
    const touched = child !== undefined && this.touched.has(child)
    const pending = this.#mark(key, (entry) => {
      entry.replaced = true
    })
    this.replace(key, value)
    return () => {
      this.replace(key, before)
      this.#unmark(key, pending)
      if (child === undefined) return
      child.parent = this
      this.#children.set(key, child)
      if (touched) this.touched.add(child)
    }
  }

  /** Adds to a counter, and enters that to be committed. Returns how to undo it. */
  count(key: string, by: number): () => void {
    const before = this.get(key)
    const pending = this.#mark(key, (entry) => {
      entry.counted += by
    })
    this.recount(key, by)
    return () => {
      this.#put(key, before as Data)
      this.#unmark(key, pending)
    }
  }

  /** Replaces a value as another replica did. */
  replace(key: string, value: Data | undefined): void {
    this.mirror.weigh(this.get(key), value)
    this.#put(key, value)
    const child = this.#children.get(key)
    if (child === undefined) return
    child.parent = null
    this.#children.delete(key)
    this.touched.delete(child)
  }

  recount(key: string, by: number): void {
    const counter = this.get(key)
    if (counter instanceof Counter) this.#put(key, new Counter(counter.value + by))
  }

  settle(): void {
    this.pending.clear()
    this.touched.clear()
  }

  #put(key: string, value: Data | undefined): void {
    const data = this.own()
    if (value === undefined) {
      delete data[key]
      this.#keys = null
      return
    }
    if (this.#keys !== null && !Object.hasOwn(data, key)) this.#keys.push(key)
    data[key] = value
    if (typeof value === 'object') this.#loose?.add(key)
  }

  #listKeys(): readonly string[] {
    if (this.#keys !== null) return this.#keys
    const keys = Object.keys(this.data)
    if (keys.length >= MANY_KEYS) this.#keys = keys
    return keys
  }

  #exchange(data: DataMap): void {
    const before = this.data
    this.data = data
    this.parent?.adopt(this, data)
    this.mirror.note(() => this.#exchange(before))
  }

  /** Notes what is done to a key and returns what was noted of it before. */
  #mark(key: string, note: (entry: Pending) => void): Pending | undefined {
    if (this.fresh) return undefined
    const before = this.pending.get(key)
    const entry = before === undefined ? { replaced: false, counted: 0 } : { ...before }
    note(entry)
    this.pending.set(key, entry)
    this.touch()
    return before
  }

  #unmark(key: string, before: Pending | undefined): void {
    if (before === undefined) this.pending.delete(key)
    else this.pending.set(key, before)
  }
}
