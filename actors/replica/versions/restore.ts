/**
 * Goes back to an earlier version by going on: one new change makes the state equal to what it was then, and
 * everything in between stays in the history.
 *
 * What is still there is changed in place, so that whoever works on it at the same time goes on with the same
 * objects; what has been deleted or replaced since is made anew. A counter is counted back, a text is edited
 * where it differs, and what was moved is moved back.
 */
import { Arrangement, MOVED } from '../document/arrangement.ts'
import { type Handle, unwrap } from '../document/automerge.ts'
import { type Data, type DataList, type DataMap, isContainer } from '../document/data.ts'
import { Source } from '../document/read.ts'
import { insert, put } from '../document/write.ts'
import { longestRising } from './longest-rising.ts'
import { editMessage } from './message.ts'
import { sameValue } from './same.ts'
import { type Held, heldIn, readHeld, type Slot } from './slots.ts'
import { checkVersion, type Version } from './version.ts'

export interface RestoreOptions {
  readonly author: string
  readonly message?: string
  readonly nowMs: number
}

/**
 * The change to apply, made in the name of the handle's actor as its next; null where the state is that of the
 * version already. The handle must have nothing uncommitted and stays as it is. Throws UnknownVersionError
 * where this replica does not have the version.
 */
export function restore(handle: Handle, version: Version, options: RestoreOptions): Uint8Array | null {
  checkVersion(handle, version)
  const copy = handle.clone(handle.getActorId())
  try {
    const operations = new Restoration(handle, copy, [...version]).run()
    if (operations === 0) return null
    const message = editMessage(options.author, options.message ?? 'restored a version', operations)
    copy.commit(message, Math.floor(options.nowMs / 1_000))
    return copy.getLastLocalChange()
  } finally {
    copy.free()
  }
}

/** What the engine has in one place now, and had at the version: of lists also what stands for moved elements. */
interface Both {
  readonly now: unknown
  readonly wanted: unknown
}

/** An element of a list: the operation that wrote it, and where the engine has it. */
interface Shown {
  readonly op: string
  readonly held: Held
  readonly at: number
}

/** Reads from the document, and writes to its copy. */
class Restoration {
  readonly #source: Handle
  readonly #copy: Handle
  readonly #version: string[]
  #operations = 0

  constructor(source: Handle, copy: Handle, version: string[]) {
    this.#source = source
    this.#copy = copy
    this.#version = version
  }

  run(): number {
    // The engine's own diff tells a value anew where there is no longer a conflict about it, and not what differs within.
    const [now, wanted] = [undefined, this.#version].map((version) =>
      unwrap(this.#source.materialize('_root', version)),
    )
    this.#map('_root', { now, wanted })
    return this.#operations
  }

  #map(object: string, both: Both): void {
    const now = both.now as DataMap
    const wanted = both.wanted as DataMap
    for (const prop of Object.keys(now))
      if (!Object.hasOwn(wanted, prop)) this.#write(() => this.#copy.delete(object, prop))
    for (const prop of Object.keys(wanted)) {
      const slot = { object, prop }
      const known = Object.hasOwn(now, prop) ? now[prop] : undefined
      this.#slot(slot, slot, { now: known, wanted: wanted[prop] })
    }
  }

  /** Values that were there then and are still stand in the same order; what lies between is replaced. */
  #list(object: string, both: Both): void {
    const arranged = [undefined, this.#version].map((version) =>
      new Source(this.#source, version).arrangementOf(object),
    )
    if (arranged.some((arrangement) => arrangement !== null))
      return this.#arrange(object, both, arranged[0] ?? null, arranged[1] ?? null)
    const now = this.#elements(object)
    const then = this.#elements(object, this.#version)
    const known = new Set(now)
    const lasting = new Set(then.filter((op) => known.has(op)))
    let from = 0
    let to = 0
    let at = 0
    while (from < now.length || to < then.length) {
      const fromEnd = nextIn(lasting, now, from)
      const toEnd = nextIn(lasting, then, to)
      const length = toEnd - to
      this.#replace(object, both, { from, remove: fromEnd - from, at, to, length })
      at += length
      if (toEnd < then.length) {
        const places = [toEnd, fromEnd, at++].map((prop) => ({ object, prop })) as [Slot, Slot, Slot]
        this.#slot(places[0], places[1], elementsOf(both, fromEnd, toEnd), places[2])
      }
      from = fromEnd + 1
      to = toEnd + 1
    }
  }

  /** The same for a list in which something is moved, or was. */
  #arrange(object: string, both: Both, present: Arrangement | null, wanted: Arrangement | null): void {
    const now = this.#shown(object, present)
    const then = this.#shown(object, wanted, this.#version)
    const list: string[] = present?.entries.map(() => '') ?? []
    for (const { op, at } of now) list[at] = op
    const isThere = (wanted: Shown, index: number) =>
      now[index]?.op === wanted.op ||
      (now[index] !== undefined && this.#looksSame(now[index].held, wanted.held))
    if (now.length !== then.length || !then.every(isThere)) this.#reorder(object, list, then)
    const before = new Map(now.map(({ op, at }) => [op, at]))
    for (const { op, at } of then) {
      const from = before.get(op)
      if (from === undefined) continue
      const within = elementsOf(both, from, at)
      this.#slot({ object, prop: at }, { object, prop: from }, within, { object, prop: list.indexOf(op) })
    }
  }

  /**
   * Brings the elements of a list into the order of the version: as many as possible stay where they are, and all
   * that stood for moved ones is taken away first.
   *
   * @param list what the copy has by the ids of its operations, brought up to date
   */
  #reorder(object: string, list: string[], then: readonly Shown[]): void {
    const order = new Map(then.map(({ op }, index) => [op, index]))
    for (let at = list.length - 1; at >= 0; at--)
      if (!order.has(list[at] as string)) this.#spliceCopy(object, list, at, 1, [])
    const rising = longestRising(list.map((op) => order.get(op) as number))
    const staying = new Set(list.filter((_, index) => rising.has(index)))
    let end = 0
    for (const { op, at } of then) {
      if (staying.has(op)) {
        end = list.indexOf(op) + 1
        continue
      }
      const value = this.#then({ object, prop: at })
      const from = list.indexOf(op)
      if (from >= 0 && isContainer(value)) {
        this.#spliceCopy(object, list, end++, 0, [['', { [MOVED]: op }]])
        continue
      }
      if (from >= 0) this.#spliceCopy(object, list, from, 1, [])
      if (from >= 0 && from < end) end--
      this.#spliceCopy(object, list, end++, 0, [[op, value]])
    }
  }

  #spliceCopy(
    object: string,
    list: string[],
    at: number,
    remove: number,
    added: readonly (readonly [op: string, value: Data])[],
  ): void {
    list.splice(at, remove, ...added.map(([op]) => op))
    const values = added.map(([, value]) => value)
    this.#write(() => insert(this.#copy, object, at, remove, values))
  }

  /** What a list shows, in its order, with where the engine has it. */
  #shown(object: string, arrangement: Arrangement | null, version?: string[]): Shown[] {
    const elements = this.#heldIn(object, version)
    const { shown, entries } = arrangement ?? Arrangement.plain(elements.length)
    const places = new Map(entries.map((entry, at) => [entry, at]))
    return shown.map((item) => {
      const at = places.get(item) as number
      const held = elements[at] as Held
      return { op: held.op, held, at }
    })
  }

  /** Makes a part of a list, between elements that last, what it was in the version. */
  #replace(
    object: string,
    both: Both,
    part: { from: number; remove: number; at: number; to: number; length: number },
  ): void {
    const { from, remove, at, to, length } = part
    const common = Math.min(remove, length)
    for (let offset = 0; offset < common; offset++)
      this.#slot(
        { object, prop: to + offset },
        { object, prop: from + offset },
        elementsOf(both, from + offset, to + offset),
        { object, prop: at + offset },
      )
    if (remove === length) return
    const values: Data[] = []
    for (let prop = to + common; prop < to + length; prop++) values.push(this.#then({ object, prop }))
    this.#write(() => insert(this.#copy, object, at + common, remove - common, values))
  }

  /** Makes what is in one place what it was: `then` in the version, `now` in the document, `at` in the copy. */
  #slot(then: Slot, now: Slot, both: Both, at: Slot = now): void {
    if (sameValue(both.now, both.wanted)) return
    const wanted = heldIn(this.#source, then, this.#version) as Held
    const present = heldIn(this.#source, now)
    if (present?.op !== wanted.op) {
      if (!present || !this.#looksSame(present, wanted)) this.#put(at, then)
    } else if (wanted.kind === 'counter') this.#count(at, Number(wanted.scalar) - Number(present.scalar))
    else if (wanted.kind === 'text') this.#text(wanted.op)
    else if (wanted.kind === 'map') this.#map(wanted.op, both)
    else if (wanted.kind === 'list') this.#list(wanted.op, both)
  }

  /** Of two values that different operations wrote. */
  #looksSame(present: Held, wanted: Held): boolean {
    if (present.kind !== wanted.kind) return false
    return sameValue(readHeld(this.#source, present), readHeld(this.#source, wanted, this.#version))
  }

  #count(at: Slot, by: number): void {
    if (by !== 0) this.#write(() => this.#copy.increment(at.object, at.prop, by))
  }

  #text(object: string): void {
    const text = this.#source.text(object, this.#version)
    if (text !== this.#source.text(object)) this.#write(() => this.#copy.updateText(object, text))
  }

  #put(at: Slot, then: Slot): void {
    const value = this.#then(then)
    this.#write(() => put(this.#copy, at.object, at.prop, value))
  }

  #then(slot: Slot): Data {
    return readHeld(this.#source, heldIn(this.#source, slot, this.#version) as Held, this.#version) as Data
  }

  #elements(object: string, version?: string[]): string[] {
    return this.#heldIn(object, version).map(({ op }) => op)
  }

  #heldIn(object: string, version?: string[]): Held[] {
    const length = this.#source.length(object, version)
    return Array.from({ length }, (_, prop) => heldIn(this.#source, { object, prop }, version) as Held)
  }

  #write(write: () => void): void {
    write()
    this.#operations++
  }
}

/** Of a list, the elements in these places. */
function elementsOf({ now, wanted }: Both, from: number, to: number): Both {
  return { now: (now as DataList)[from], wanted: (wanted as DataList)[to] }
}

/** The next place, from `index` on, of something that is in the set, or the end. */
function nextIn(set: ReadonlySet<string>, list: readonly string[], index: number): number {
  let next = index
  while (next < list.length && !set.has(list[next] as string)) next++
  return next
}
