/**
 * Checks signatures: a few at once on the thread of the validator, many on the pool for computations, where other
 * cores take part.
 */

import { fromHex, toHex } from '../../protocols/consensus/codec/hex.ts'
import type { SignatureCheck } from '../../protocols/consensus/events.ts'
import { SIGNATURE_BYTES } from '../../protocols/consensus/types.ts'
import { isValid } from './crypto.ts'

/** The module of `verifyPacked`. */
export const VERIFIER_MODULE = import.meta.url
/** More than this takes longer than sending it to another thread and back. */
export const FEW_CHECKS = 32
const KEY_BYTES = 32
const HEADER_BYTES = KEY_BYTES + SIGNATURE_BYTES + 4

/**
 * Signatures that were found valid on this thread, and of what. What several validators of a thread get are the same
 * bytes, and what is valid for one is for all, so each signature is checked once per thread.
 */
const known = new WeakMap<Uint8Array, SignatureCheck>()

export function verifyHere(checks: readonly SignatureCheck[]): boolean[] {
  return checks.map((check) => isKnown(check) || remember(check, isValid(check)))
}

/** How many of them have yet to be checked. */
export function countUnknown(checks: readonly SignatureCheck[]): number {
  return checks.reduce((count, check) => (isKnown(check) ? count : count + 1), 0)
}

/** Gives what it was told. */
export function remember(check: SignatureCheck, valid: boolean): boolean {
  if (valid) known.set(check.signature, check)
  return valid
}

function isKnown({ key, bytes, signature }: SignatureCheck): boolean {
  const check = known.get(signature)
  return check !== undefined && check.key === key && Buffer.compare(check.bytes, bytes) === 0
}

/** Key, signature, length and bytes of each: one block of memory, which is copied to another thread at once. */
export function packChecks(checks: readonly SignatureCheck[]): Uint8Array<ArrayBuffer> {
  const total = checks.reduce((sum, { bytes }) => sum + HEADER_BYTES + bytes.length, 0)
  const packed = new Uint8Array(total)
  const view = new DataView(packed.buffer)
  let at = 0
  for (const { key, bytes, signature } of checks) {
    packed.set(fromHex(key), at)
    packed.set(signature, at + KEY_BYTES)
    view.setUint32(at + KEY_BYTES + SIGNATURE_BYTES, bytes.length)
    packed.set(bytes, at + HEADER_BYTES)
    at += HEADER_BYTES + bytes.length
  }
  return packed
}

/** Runs on the pool. */
export function verifyPacked(packed: Uint8Array): boolean[] {
  const view = new DataView(packed.buffer, packed.byteOffset)
  const valid: boolean[] = []
  for (let at = 0; at < packed.length; ) {
    const end = at + HEADER_BYTES + view.getUint32(at + KEY_BYTES + SIGNATURE_BYTES)
    valid.push(
      isValid({
        key: toHex(packed.subarray(at, at + KEY_BYTES)),
        signature: packed.subarray(at + KEY_BYTES, at + KEY_BYTES + SIGNATURE_BYTES),
        bytes: packed.subarray(at + HEADER_BYTES, end),
      }),
    )
    at = end
  }
  return valid
}
