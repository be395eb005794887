/**
 * Slots: the places of a document that hold values, which are the keys of maps and the elements of arrays.
 * Every value was written by one operation, whose id tells it from all others; after writes at the same time a
 * slot holds several, and shows that of the highest id.
 */
import type { Handle } from '../document/automerge.ts'
import { compareOps } from '../document/operation-id.ts'
import { read } from '../document/read.ts'
import { Counter, Text } from '../document/values.ts'

export interface Slot {
  /** The id of the map or list. */
  readonly object: string
  /** A key, or an index. */
  readonly prop: string | number
}

export interface Held {
  /** The id of the operation that wrote it, which is also the id of the object if it is one. */
  readonly op: string
  readonly kind: 'scalar' | 'counter' | 'text' | 'list' | 'map'
  /** The value of a scalar, or the count of a counter. */
  readonly scalar: unknown
}

/** What a slot shows, now or at a version; undefined where there is none. */
export function heldIn(handle: Handle, slot: Slot, version?: string[]): Held | undefined {
  return allIn(handle, slot, version).at(-1)
}

/** All values in a slot by the ids of their operations, the one that it shows last. */
export function allIn(handle: Handle, { object, prop }: Slot, version?: string[]): Held[] {
  const all = handle.getAll(object, prop, version).map(heldOf)
  return all.length > 1 ? all.sort((a, b) => compareOps(a.op, b.op)) : all
}

/** The value as a view shows it. */
export function readHeld(handle: Handle, { op, kind, scalar }: Held, version?: string[]): unknown {
  if (kind === 'scalar') return scalar
  if (kind === 'counter') return new Counter(scalar as number)
  if (kind === 'text') return new Text(handle.text(op, version))
  return read(handle, op, version)
}

function heldOf([type, value, op]: ReturnType<Handle['getAll']>[number]): Held {
  switch (type) {
    case 'map':
    case 'table':
      return { op: value, kind: 'map', scalar: undefined }
    case 'list':
    case 'text':
      return { op: value, kind: type, scalar: undefined }
    case 'counter':
      return { op, kind: type, scalar: Number(value) }
    default:
      return { op: op as string, kind: 'scalar', scalar: value }
  }
}
