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
  const signature = new Uint8Array(SIGNATURE_BYTES)
  const [a, b] = checksum(key, bytes)
  for (let i = 0; i < 4; i++) {
    signature[i] = a >>> (i * 8)
    signature[i + 4] = b >>> (i * 8)
  }
  return signature
}

export function isSigned({ key, bytes, signature }: SignatureCheck): boolean {
  const [a, b] = checksum(key, bytes)
  for (let i = 0; i < 4; i++)
    if (signature[i] !== ((a >>> (i * 8)) & 255) || signature[i + 4] !== ((b >>> (i * 8)) & 255)) return false
  return signature.length === SIGNATURE_BYTES
}

function checksum(key: PublicKey, bytes: Uint8Array): readonly [number, number] {
  let a = 0x811c9dc5 ^ Number.parseInt(key.slice(0, 4), 16)
  let b = 0x9747b28c
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193)
    b = Math.imul(b ^ (bytes[i]! + a), 0x85ebca6b)
  }
  return [a, b]
}
