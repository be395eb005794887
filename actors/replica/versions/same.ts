/** Whether two values of a document are the same, to the last bit and key; the order of keys does not count. */
import { Counter, Text } from '../document/values.ts'

export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (a instanceof Date) return a.getTime() === (b as Date).getTime()
  if (a instanceof Counter) return a.value === (b as Counter).value
  if (a instanceof Text) return a.toString() === String(b)
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array) === 0
  if (Array.isArray(a)) {
    const other = b as unknown[]
    return a.length === other.length && a.every((part, index) => sameValue(part, other[index]))
  }
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue((a as Values)[key], (b as Values)[key]))
  )
}

type Values = Record<string, unknown>
