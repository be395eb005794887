/** Whether two envelopes are equal to the last byte, without writing either. */
import type { Envelope, Transaction } from '../types.ts'

export function sameEnvelope(a: Envelope, b: Envelope): boolean {
  if (a === b) return true
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
  return a.machine === b.machine && sameBytes(a.payload, b.payload)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
