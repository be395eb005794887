/**
 * Checks signatures: a few at once on the thread of the validator, many on the pool for computations, where other
 * cores take part.
 */

import { fromHex, toHex } from '../../protocols/consensus/codec/hex.ts'
import type { SignatureCheck } from '../../protocols/consensus/events.ts'
import { type PublicKey, SIGNATURE_BYTES } from '../../protocols/consensus/types.ts'
import { isValid } from './crypto.ts'

/** The module of `verifyPacked`. */
export const VERIFIER_MODULE = import.meta.url
/** More than this takes longer than sending it to another thread and back. */
const FEW_CHECKS = 32
/** Signatures that are remembered on a thread; a forgotten one is only checked anew. */
const MAX_KNOWN = 16_384
const KEY_BYTES = 32
const HEADER_BYTES = KEY_BYTES + SIGNATURE_BYTES + 4

type Answers = readonly boolean[]

/** What a signature is checked against; answers that are still to come have the one about it at a place. */
interface Finding {
  readonly key: PublicKey
  readonly bytes: Uint8Array
  readonly pending: { readonly answers: Promise<Answers>; readonly at: number } | undefined
}

/**
 * Signatures that are valid, and those that are being checked, by their bytes. What the validators of a thread get is
 * the same, an envelope comes to each alone and again in a block, and what is valid for one is for all: so each
 * signature is checked once per thread.
 */
const known = new Map<string, Finding>()

/**
 * Which of them are valid, in their order; a promise where they are many, or are being checked already.
 *
 * @param elsewhere checks them on another thread
 */
export function verify(
  checks: readonly SignatureCheck[],
  elsewhere: (checks: readonly SignatureCheck[]) => Promise<Answers>,
): Answers | Promise<Answers> {
  const findings = checks.map(find)
  const unknown = checks.filter((_, i) => findings[i] === undefined)
  const news = unknown.length > FEW_CHECKS ? begin(unknown, elsewhere(unknown)) : unknown.map(checkHere)
  let next = 0
  const all = findings.map((finding) => finding ?? (news[next++] as Finding | false))
  return all.some((one) => typeof one !== 'boolean' && one.pending !== undefined)
    ? Promise.all(all.map(answerOf))
    : all.map((one) => one !== false)
}

/** Those on which nothing can wait. */
export function verifyHere(checks: readonly SignatureCheck[]): boolean[] {
  return checks.map((check) => {
    const finding = find(check)
    return (finding !== undefined && finding.pending === undefined) || checkHere(check) !== false
  })
}

function find({ key, bytes, signature }: SignatureCheck): Finding | undefined {
  const finding = known.get(nameOf(signature))
  return finding?.key === key && Buffer.compare(finding.bytes, bytes) === 0 ? finding : undefined
}

function checkHere(check: SignatureCheck): Finding | false {
  return isValid(check) && know(check, undefined)
}

/** From now on whoever needs one of them waits for the same answers. */
function begin(checks: readonly SignatureCheck[], answers: Promise<Answers>): Finding[] {
  const begun = checks.map((check, at) => know(check, { answers, at }))
  void answers.then((valid) => {
    for (const [i, check] of checks.entries()) {
      if (find(check) !== begun[i]) continue
      if (valid[i] === true) know(check, undefined)
      else known.delete(nameOf(check.signature))
    }
  })
  return begun
}

function know({ key, bytes, signature }: SignatureCheck, pending: Finding['pending']): Finding {
  const finding = { key, bytes, pending }
  known.set(nameOf(signature), finding)
  if (known.size > MAX_KNOWN) known.delete(known.keys().next().value as string)
  return finding
}

async function answerOf(finding: Finding | false): Promise<boolean> {
  if (finding === false || finding.pending === undefined) return finding !== false
  const { answers, at } = finding.pending
  return (await answers)[at] === true
}

/** A copy of its bytes, because a view would keep all that came in the same frame. */
function nameOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
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
