/**
 * Freezes a value that was sent by reference, so that a sender that keeps writing to it is caught.
 */
import { Reference } from '../../protocols/address.ts'

export function freezeDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  // Binary data can't be frozen, and references and errors are not the sender's own.
  if (ArrayBuffer.isView(value) || value instanceof Reference || value instanceof Error) return
  Object.freeze(value)
  if (value instanceof Map) for (const [key, item] of value) [key, item].forEach(freezeDeep)
  else if (value instanceof Set) value.forEach(freezeDeep)
  else Object.values(value).forEach(freezeDeep)
}
