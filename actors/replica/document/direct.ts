/**
 * Shows changes in a mirror without the engine, where there can be no doubt what it would make of them: they write
 * keys of maps that are shown. Of the values that were written at the same time the one with the greatest operation
 * id is shown. All else, as lists, texts, and values that come to light again, is for the engine to decide.
 *
 * It is meant for changes that another replica of this process has admitted.
 */
import { type DecodedOperation, decodeChange, type Handle } from './automerge.ts'
import { type Backlog, placeIn, type Slot } from './backlog.ts'
import type { ChangeHeader } from './change-header.ts'
import { type Data, freeze } from './data.ts'
import { MapNode } from './map-node.ts'
import type { Mirror } from './mirror.ts'
import type { Node, Step as Place } from './node.ts'
import type { DocumentPatch } from './patch.ts'
import { Source } from './read.ts'
import { Counter } from './values.ts'
import { idOf } from './write.ts'

interface Step {
  /** The map, or the name of one that a step before makes. */
  readonly into: MapNode | string
  readonly key: string
  /** The name of what is written, if it is a map. */
  readonly made: string | null
  readonly value: Data | undefined
  /** What is added to a counter instead. */
  readonly by: number | null
  /** Whether it leaves the key with several values, and this one hidden. */
  readonly conflict: boolean
  readonly hidden: boolean
}

/** Either shows all of the changes or, with false, nothing. `handle` may be behind by what is in the backlog. */
export function showDirectly(
  parts: { mirror: Mirror; backlog: Backlog; handle: Handle },
  changes: readonly ChangeHeader[],
  told: DocumentPatch[] | null,
): boolean {
  const plan = new Plan(parts)
  for (const { bytes, startOp, actor } of changes)
    for (const [index, operation] of decodeChange(bytes).ops.entries())
      if (!plan.add(operation as DecodedOperation, `${startOp + index}@${actor}`)) return false
  plan.carryOut(told)
  parts.backlog.add(changes, plan.slots)
  return true
}

class Plan {
  readonly slots = new Map<string, Slot>()
  readonly #mirror: Mirror
  readonly #backlog: Backlog
  readonly #handle: Handle
  readonly #steps: Step[] = []
  /** Where the maps lie that it makes, by their names. */
  readonly #made = new Map<string, { readonly id: string; readonly key: string }>()
  /** Containers that it takes out of the mirror. */
  readonly #replaced = new Set<Node>()

  constructor({ mirror, backlog, handle }: { mirror: Mirror; backlog: Backlog; handle: Handle }) {
    this.#mirror = mirror
    this.#backlog = backlog
    this.#handle = handle
  }

  /** Plans an operation, which has this name; false where the engine has to decide. */
  add(operation: DecodedOperation, own: string): boolean {
    const { action, obj, key, pred } = operation
    if (typeof key !== 'string' || key.startsWith('$') || !this.#isShown(obj)) return false
    const slot = this.#slotOf(obj, key)
    const rest = slot.ids.filter((id) => !pred.includes(id))
    const node = this.#made.has(obj) ? undefined : this.#nodeOf(obj)
    if (node !== undefined && isPending(node, key)) return false
    const into = node ?? obj
    if (action === 'inc') return this.#count(into, operation, slot)
    if (action === 'del' && rest.length > 0) {
      this.slots.set(placeIn(obj, key), { ids: rest, counter: slot.counter })
      return rest.at(-1) === slot.ids.at(-1)
    }
    if (action === 'del' && slot.ids.length === 0) return true
    if (action !== 'set' && action !== 'del' && action !== 'makeMap') return false
    this.#write(into, operation, own, { ids: rest, counter: slot.counter })
    return true
  }

  #count(into: Step['into'], { key, pred, value }: DecodedOperation, { ids, counter }: Slot): boolean {
    // A counter that has been replaced meanwhile is counted where nobody sees it.
    if (!counter || ids.length !== 1 || pred.length !== 1 || ids[0] !== pred[0]) return false
    const none = { made: null, value: undefined, conflict: false, hidden: false }
    this.#steps.push({ ...none, into, key, by: value as number })
    return true
  }

  #write(into: Step['into'], operation: DecodedOperation, own: string, { ids: rest, counter }: Slot): void {
    const { action, obj, key, value, datatype } = operation
    const ids = action === 'del' ? [] : [...rest, own].sort(byId)
    const hidden = action !== 'del' && ids.at(-1) !== own
    this.slots.set(placeIn(obj, key), { ids, counter: hidden ? counter : datatype === 'counter' })
    const made = action === 'makeMap' ? own : null
    if (made !== null) this.#made.set(made, { id: obj, key })
    const child = hidden || typeof into === 'string' ? undefined : into.child(key)
    if (child !== undefined) this.#replaced.add(child)
    const written = made !== null ? {} : action === 'set' ? dataOf(value, datatype) : undefined
    this.#steps.push({ into, key, made, value: written, by: null, conflict: rest.length > 0, hidden })
  }

  carryOut(told: DocumentPatch[] | null): void {
    const nodes = new Map<string, MapNode>()
    for (const step of this.#steps) {
      const node = typeof step.into === 'string' ? (nodes.get(step.into) as MapNode) : step.into
      if (step.by !== null) node.recount(step.key, step.by)
      else if (!step.hidden) node.replace(step.key, step.value)
      if (step.made !== null) {
        const child = step.hidden ? null : (node.child(step.key) as MapNode)
        this.#backlog.make(step.made, child)
        if (child !== null) nodes.set(step.made, child)
      }
      told?.push(patchOf(step, [...node.path(), step.key]))
    }
  }

  #isShown(id: string): boolean {
    for (let at = id, made = this.#made.get(at); ; made = this.#made.get(at)) {
      if (made === undefined) return this.#isInMirror(at)
      if (this.slots.get(placeIn(made.id, made.key))?.ids.at(-1) !== at) return false
      at = made.id
    }
  }

  #isInMirror(id: string): boolean {
    if (this.#replaced.size === 0) return this.#nodeOf(id) !== undefined
    for (let node: Node | null | undefined = this.#nodeOf(id); node; node = node.parent) {
      if (this.#replaced.has(node)) return false
      if (node.parent === null) return true
    }
    return false
  }

  #slotOf(id: string, key: string): Slot {
    const place = placeIn(id, key)
    const known = this.slots.get(place) ?? this.#backlog.slot(place)
    if (known !== undefined) return known
    if (this.#made.has(id) || this.#backlog.makes(id)) return NOTHING
    const values = this.#handle.getAll(id, key)
    const ids = values.map((each) => String(each.at(-1)))
    return { ids, counter: values.at(-1)?.[0] === 'counter' }
  }

  #nodeOf(id: string): MapNode | undefined {
    if (id === '_root') return this.#mirror.root
    const known = this.#backlog.node(id)
    if (known !== undefined) return known
    const found = this.#lookUp(id)
    if (found !== undefined) this.#backlog.know(id, found)
    return found
  }

  #lookUp(id: string): MapNode | undefined {
    if (this.#backlog.makes(id)) return undefined
    const { path } = this.#handle.objInfo(id)
    let node: Node | undefined = this.#mirror.root
    // Edits may have moved the elements of a list.
    for (const step of path ?? [])
      node = node instanceof MapNode && typeof step === 'string' ? node.child(step) : undefined
    const isIt =
      path !== undefined &&
      node instanceof MapNode &&
      !node.fresh &&
      idOf(new Source(this.#handle), node) === id
    return isIt ? (node as MapNode) : undefined
  }
}

function patchOf({ made, value, by, conflict, hidden }: Step, path: Place[]): DocumentPatch {
  if (by !== null) return { action: 'increment', path, by }
  if (hidden) return { action: 'conflict', path }
  if (value === undefined) return { action: 'delete', path }
  const shown = made === null ? freeze(value) : Object.freeze({})
  return { action: 'put', path, value: shown, ...(conflict && { conflict }) }
}

const NOTHING: Slot = { ids: [], counter: false }

/** In the order in which later ones hide earlier ones: by their numbers, and then by their actors. */
function byId(a: string, b: string): number {
  const [number, actor = ''] = a.split('@')
  const [other, otherActor = ''] = b.split('@')
  return Number(number) - Number(other) || (actor < otherActor ? -1 : 1)
}

/** Whether an edit that is not committed has written there. */
function isPending(node: MapNode, key: string): boolean {
  if (node.pending.has(key)) return true
  if (node.touched.size === 0) return false
  const child = node.child(key)
  return child !== undefined && node.touched.has(child)
}

function dataOf(value: unknown, datatype: string | undefined): Data {
  if (datatype === 'counter') return new Counter(value as number)
  if (datatype === 'timestamp') return new Date(value as number)
  return Array.isArray(value) ? Uint8Array.from(value as number[]) : (value as Data)
}
