/** Whether two envelopes are equal to the last byte, without writing either. */
import { contentOf } from '../codec/envelope.ts'
import type { Envelope, OnceKey, Transaction } from '../types.ts'

/** Envelopes that were found equal, as the one in a block and the one that waits are again and again. */
const equals = new WeakMap<Envelope, Envelope>()

export function sameEnvelope(a: Envelope, b: Envelope): boolean {
  if (a === b || equals.get(b) === a) return true
  const same = isSame(a, b)
  if (same) equals.set(b, a)
  return same
}

function isSame(a: Envelope, b: Envelope): boolean {
  const [one, other] = [contentOf(a), contentOf(b)]
  if (one !== undefined && other !== undefined)
    return sameBytes(a.signature, b.signature) && sameBytes(one, other)
  return (
    a.sender === b.sender &&
    a.sequence === b.sequence &&
    a.priority === b.priority &&
    a.transactions.length === b.transactions.length &&
    sameBytes(a.signature, b.signature) &&
    a.transactions.every((transaction, i) => sameTransaction(transaction, b.transactions[i]!))
  )
}

function sameTransaction(a: Transaction, b: Transaction): boolean {
  return a.machine === b.machine && sameKey(a.once, b.once) && sameBytes(a.payload, b.payload)
}

function sameKey(a: OnceKey | undefined, b: OnceKey | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.untilMs === b.untilMs && sameBytes(a.id, b.id)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  const words = a.length & ~3
  const [one, other] = [viewOf(a), viewOf(b)]
  for (let i = 0; i < words; i += 4) if (one.getUint32(i) !== other.getUint32(i)) return false
  for (let i = words; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
