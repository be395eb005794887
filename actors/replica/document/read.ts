/** Reads the content of a document out of the engine, as it is shown. */
import { Arrangement, type Entry, Item, MOVED, movedIn, noteArrangement, StandIn } from './arrangement.ts'
import { type Handle, unwrap } from './automerge.ts'
import { type Data, type DataList, type DataMap, isMap } from './data.ts'
import { Counter } from './values.ts'

/** One of the values that a key or an element has. */
export interface Value {
  readonly data: Data
  /** Of the operation that wrote it. */
  readonly id: string
  /** Whether there are others that it hides. */
  readonly conflict: boolean
}

/** The content of a map or a list, now or at a version. */
export function read(handle: Handle, id: string, version?: readonly string[]): unknown {
  const source = new Source(handle, version)
  let moved = false
  const value = unwrap(handle.materialize(id, source.version), (map) => {
    moved ||= movedIn(map) !== undefined
  })
  return moved ? source.arranged(value as Data, () => id) : value
}

/** The engine, as it is or as it was at a version. */
export class Source {
  readonly handle: Handle
  readonly version: string[] | undefined

  constructor(handle: Handle, version?: readonly string[]) {
    this.handle = handle
    this.version = version && [...version]
  }

  /** The id of the object in a container; undefined where there is none. */
  idAt(container: string, place: string | number): string | undefined {
    const [type, value] = this.handle.getWithType(container, place, this.version) ?? []
    return type === 'map' || type === 'list' || type === 'text' ? String(value) : undefined
  }

  /** The id of the object at a path of the engine; undefined where there is none. */
  objectAt(path: readonly (string | number)[]): string | undefined {
    let id: string | undefined = '_root'
    for (const step of path) id = id && this.idAt(id, step)
    return id
  }

  /** Where an object lies; undefined where it is not shown, and for what is not the id of one. */
  pathOf(id: string): (string | number)[] | undefined {
    try {
      return this.handle.objInfo(id, this.version).path
    } catch {
      return undefined
    }
  }

  /** The ids of the values that a key or an element has, that of the one which is shown last. */
  idsAt(container: string, place: string | number): string[] {
    return this.handle.getAll(container, place, this.version).map((value) => String(value.at(-1)))
  }

  /** The value that is shown; undefined where there is none. */
  valueAt(container: string, place: string | number): Value | undefined {
    const ids = this.idsAt(container, place)
    const id = ids.at(-1)
    if (id === undefined) return undefined
    const [type, value] = this.handle.getWithType(container, place, this.version) ?? []
    const data =
      type === 'map' || type === 'list' || type === 'text'
        ? read(this.handle, id, this.version)
        : type === 'counter'
          ? new Counter(Number(value))
          : value
    return { data: data as Data, id, conflict: ids.length > 1 }
  }

  /** Where a list has the elements that have one of these values. */
  elementsWith(list: string, ids: ReadonlySet<string>): number[] {
    const indexes = Array.from({ length: this.handle.length(list, this.version) }, (_, index) => index)
    return indexes.filter((index) => this.idsAt(list, index).some((id) => ids.has(id)))
  }

  /** How a list is arranged; null where nothing is moved in it. */
  arrangementOf(list: string): Arrangement | null {
    const length = this.handle.length(list, this.version)
    const entries = Array.from({ length }, (_, index) => entryOf(this.#movedAt(list, index)))
    if (!entries.some((entry) => entry instanceof StandIn)) return null
    this.resolve(list, entries)
    return new Arrangement(entries)
  }

  /** Finds out for each stand-in of a list what its id is, and which element it stands for, where that is not known. */
  resolve(list: string, entries: readonly Entry[]): void {
    for (const [index, entry] of entries.entries()) {
      if (!(entry instanceof StandIn)) continue
      entry.id ||= this.idAt(list, index) ?? ''
      if (entry.target !== null) continue
      const target = entries[this.#indexOf(list, entry.moved) ?? -1]
      if (target instanceof Item) entry.target = target
    }
  }

  /** A value of the engine without stand-ins, and with what they stand for in its place. */
  arranged(value: Data, id: () => string): Data {
    if (Array.isArray(value)) return this.#list(value, id())
    if (!isMap(value)) return value
    const map: DataMap = {}
    for (const key of Object.keys(value)) {
      const part = value[key] as Data
      map[key] = this.arranged(part, () => this.idAt(id(), key) as string)
    }
    return map
  }

  #list(values: DataList, id: string): DataList {
    const parts = values.map((value, index) => this.arranged(value, () => this.idAt(id, index) as string))
    const entries = values.map((value) => entryOf(movedIn(value)))
    if (!entries.some((entry) => entry instanceof StandIn)) return parts
    this.resolve(id, entries)
    const arrangement = new Arrangement(entries)
    const data = new Map(entries.map((entry, index) => [entry, parts[index] as Data]))
    const list = arrangement.shown.map((item) => data.get(item) as Data)
    noteArrangement(list, arrangement)
    return list
  }

  /** What the element of a list stands for, if it is a stand-in. */
  #movedAt(list: string, index: number): string | undefined {
    const [type, id] = this.handle.getWithType(list, index, this.version) ?? []
    if (type !== 'map') return undefined
    const moved = this.handle.getWithType(String(id), MOVED, this.version)
    return moved == null ? undefined : String(moved[1])
  }

  /** Where an object lies in a list, if it does. */
  #indexOf(list: string, id: string): number | undefined {
    const index = this.pathOf(id)?.at(-1)
    return typeof index === 'number' && this.idAt(list, index) === id ? index : undefined
  }
}

export function entryOf(moved: string | undefined): Entry {
  return moved === undefined ? new Item() : new StandIn(moved)
}
