/** Freezes a value of a document through and through. A date and bytes can't be frozen and stay as they are. */
import { Counter, Text } from '../document/values.ts'

export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (value instanceof Text || value instanceof Counter) return Object.freeze(value)
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value
  for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}
