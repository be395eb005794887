/**
 * Replaces references and errors inside a value by wire forms and back.
 *
 * The packed value holds an empty object in place of each, and a list that pairs each such object
 * with its wire form. Structured clone keeps the identity of objects within one message, so the
 * pairs still match on the other side and no key of the user's own can be mistaken for a mark.
 */
import { Reference, type WireRef } from '../address.ts'
import { errorFromWire, errorToWire, type WireError } from './wire-error.ts'

type Special = [place: object, kind: 'ref', wire: WireRef] | [place: object, kind: 'error', wire: WireError]

export interface Packed {
  value: unknown
  specials: Special[]
}

/** A deep copy of the containers of `value`, with wire forms for what structured clone would spoil. */
export function pack(value: unknown): Packed {
  const specials: Special[] = []
  const copies = new Map<object, object>()
  const copy = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item
    const known = copies.get(item)
    if (known !== undefined) return known
    const made = emptyCopy(item)
    if (made === undefined) return item
    copies.set(item, made)
    if (item instanceof Reference) specials.push([made, 'ref', item.toWire()])
    else if (item instanceof Error) specials.push([made, 'error', errorToWire(item)])
    else fill(made, item, copy)
    return made
  }
  return { value: copy(value), specials }
}

/** Undoes `pack`, in place: the value belongs to the receiver. */
export function unpack(packed: Packed, revive: (wire: WireRef) => unknown): unknown {
  const originals = new Map<object, unknown>()
  for (const [place, kind, wire] of packed.specials)
    originals.set(place, kind === 'ref' ? revive(wire) : errorFromWire(wire))
  const seen = new Set<object>()
  const restore = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item
    if (originals.has(item)) return originals.get(item)
    if (!seen.has(item)) {
      seen.add(item)
      refill(item, restore)
    }
    return item
  }
  return restore(packed.value)
}

function emptyCopy(item: object): object | undefined {
  if (item instanceof Reference || item instanceof Error) return {}
  if (Array.isArray(item)) return new Array(item.length)
  if (item instanceof Map) return new Map()
  if (item instanceof Set) return new Set()
  const prototype = Object.getPrototypeOf(item) as object | null
  return prototype === Object.prototype || prototype === null ? {} : undefined
}

function fill(target: object, source: object, copy: (item: unknown) => unknown): void {
  if (target instanceof Map)
    for (const [key, item] of source as Map<unknown, unknown>) target.set(copy(key), copy(item))
  else if (target instanceof Set) for (const item of source as Set<unknown>) target.add(copy(item))
  else for (const key of Object.keys(source)) setOwn(target, key, copy(Reflect.get(source, key)))
}

function refill(item: object, restore: (item: unknown) => unknown): void {
  if (item instanceof Map) {
    const entries = [...item]
    item.clear()
    for (const [key, value] of entries) item.set(restore(key), restore(value))
  } else if (item instanceof Set) {
    const values = [...item]
    item.clear()
    for (const value of values) item.add(restore(value))
  } else if (!ArrayBuffer.isView(item))
    for (const key of Object.keys(item)) setOwn(item, key, restore(Reflect.get(item, key)))
}

/** Assignment would run the setter of `__proto__` where that is a key of the user's. */
function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  else Reflect.set(target, key, value)
}
