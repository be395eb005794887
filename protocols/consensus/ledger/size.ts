/** How many bytes things take in a block, without writing them. */
import { contentOf } from '../codec/envelope.ts'
import {
  type Block,
  type Envelope,
  HASH_BYTES,
  ONCE_ID_BYTES,
  SIGNATURE_BYTES,
  type Transaction,
} from '../types.ts'

/** More than the header of a block takes: eight hashes, six numbers and a bitmap, rounded up. */
export const MAX_HEADER_BYTES = 512
/** More than one piece of evidence takes: a key, and two votes of a hash, a signature and four numbers. */
export const MAX_EVIDENCE_BYTES = 288

/** An upper bound, by less than a kilobyte for the header, that all validators compute alike. */
export function blockBytes({ envelopes, evidence }: Pick<Block, 'envelopes' | 'evidence'>): number {
  let bytes = MAX_HEADER_BYTES + evidence.length * MAX_EVIDENCE_BYTES
  for (const envelope of envelopes) bytes += envelopeBytes(envelope)
  return bytes
}

export function envelopeBytes(envelope: Envelope): number {
  const content = contentOf(envelope)
  if (content !== undefined) return content.length + SIGNATURE_BYTES
  const { sequence, priority, transactions } = envelope
  let bytes = HASH_BYTES + varintBytes(sequence) + varintBytes(priority) + varintBytes(transactions.length)
  for (const transaction of transactions) bytes += transactionBytes(transaction)
  return bytes + SIGNATURE_BYTES
}

export function transactionBytes({ machine, payload, once }: Transaction): number {
  const name = utf8Bytes(machine)
  const key = varintBytes(once?.untilMs ?? 0) + (once === undefined ? 0 : ONCE_ID_BYTES)
  return varintBytes(name) + name + varintBytes(payload.length) + payload.length + key
}

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    // Half of a surrogate pair stands for two of its four bytes.
    if (code >= 0x80) bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2
  }
  return bytes
}
