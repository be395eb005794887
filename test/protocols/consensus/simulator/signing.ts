/**
 * Keys, signatures and hashes of simulated validators. A signature is a keyed checksum: quick, and nobody in the
 * simulation makes one with a key that is not theirs, which is all that unforgeable means here.
 */
import { hash } from 'node:crypto'
import type { SignatureCheck } from '../../../../protocols/consensus/events.ts'
import { type Crypto, type PublicKey, SIGNATURE_BYTES } from '../../../../protocols/consensus/types.ts'

export const crypto: Crypto = { sha256: (bytes) => hash('sha256', bytes, 'buffer') }

export function keyOf(index: number): PublicKey {
  return (index + 1).toString(16).padStart(4, '0').repeat(16)
}

export function sign(key: PublicKey, bytes: Uint8Array): Uint8Array {
  let a = 0x811c9dc5 ^ Number.parseInt(key.slice(0, 4), 16)
  let b = 0x9747b28c
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193)
    b = Math.imul(b ^ (bytes[i]! + a), 0x85ebca6b)
  }
  const signature = new Uint8Array(SIGNATURE_BYTES)
  new DataView(signature.buffer).setInt32(0, a)
  new DataView(signature.buffer).setInt32(4, b)
  return signature
}

export function isSigned({ key, bytes, signature }: SignatureCheck): boolean {
  const right = sign(key, bytes)
  return signature.length === right.length && signature.every((byte, i) => byte === right[i])
}
