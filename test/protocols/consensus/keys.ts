/** Validators for tests: member 0, 1, 2, ... in the order of their keys. */
import { hash } from 'node:crypto'
import type { Crypto, ValidatorSet } from '../../../protocols/consensus/types.ts'
import { createValidatorSet } from '../../../protocols/consensus/validator-set.ts'

export const crypto: Crypto = { sha256: (bytes) => hash('sha256', bytes, 'buffer') }

export function keyOf(index: number): string {
  return (index + 1).toString(16).padStart(4, '0').repeat(16)
}

export function setOf(stakes: readonly number[], { epoch = 0, reputation = 1_000 } = {}): ValidatorSet {
  const validators = stakes.map((stake, i) => ({ publicKey: keyOf(i), stake, reputation }))
  return createValidatorSet(epoch, validators, crypto)
}
