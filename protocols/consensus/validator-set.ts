/** Who votes in an epoch: its order, its hash, and the bitmaps that speak of its members. */
import { ByteWriter } from './codec/bytes.ts'
import { toHex } from './codec/hex.ts'
import type { Candidate, Crypto, PublicKey, Validator, ValidatorSet } from './types.ts'

const DOMAIN = new TextEncoder().encode('neuroplex validators 1\n')

export function createValidatorSet(
  epoch: number,
  validators: readonly Validator[],
  { sha256 }: Crypto,
): ValidatorSet {
  const members = [...validators].sort((a, b) => compareKeys(a.publicKey, b.publicKey))
  const writer = new ByteWriter(1_024).raw(DOMAIN).varint(epoch).varint(members.length)
  for (const { publicKey, stake, reputation } of members)
    writer.hash(publicKey).varint(stake).varint(reputation)
  const totalStake = members.reduce((sum, { stake }) => sum + stake, 0)
  return { epoch, members, totalStake, hash: toHex(sha256(writer.done())) }
}

/** Those with the most stake that are not jailed; of equal stakes the lesser key first. The others are on standby. */
export function rankCandidates(candidates: readonly Candidate[]): Candidate[] {
  return candidates
    .filter(({ stake, jailed }) => stake > 0 && !jailed)
    .sort((a, b) => b.stake - a.stake || compareKeys(a.publicKey, b.publicKey))
}

/** The index of the member with this key, or -1. */
export function memberIndex({ members }: ValidatorSet, publicKey: PublicKey): number {
  return members.findIndex((member) => member.publicKey === publicKey)
}

export function bitmapOf(indices: readonly number[], size: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(size / 8))
  for (const index of indices) bitmap[index >> 3]! |= 1 << (index & 7)
  return bitmap
}

/** In ascending order; those at or beyond `size` too, so that a bitmap with strangers in it can be refused. */
export function indicesOf(bitmap: Uint8Array): number[] {
  const indices: number[] = []
  for (let i = 0; i < bitmap.length * 8; i++) if ((bitmap[i >> 3]! >> (i & 7)) & 1) indices.push(i)
  return indices
}

/** Ascending by the characters' codes, the same in every locale. */
export function compareKeys(a: PublicKey, b: PublicKey): number {
  return a < b ? -1 : a > b ? 1 : 0
}
