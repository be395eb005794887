/**
 * Proof that a validator broke the protocol: two of its votes that no honest validator casts both.
 *
 *   - notarize for two blocks in one view; a leader's proposal is its vote, so this is the double proposal as well
 *   - finalize for two blocks in one view
 *   - nullify and finalize in one view
 *
 * Whoever forks the chain leaves such proof behind against more than a third of the stake: two certificates that
 * exclude each other share that many signers. Slowness, silence or nonsense prove nothing and are never punished.
 */
import { voteSigningBytes } from './codec/vote.ts'
import type { SignatureCheck } from './events.ts'
import type { Evidence, Hash, PublicKey, Vote } from './types.ts'

/** Of votes by the same signer. */
export function contradict(a: Vote, b: Vote): boolean {
  if (a.epoch !== b.epoch || a.view !== b.view) return false
  if (a.kind === b.kind) return a.kind !== 'nullify' && a.block !== b.block
  return a.kind !== 'notarize' && b.kind !== 'notarize'
}

/** In an order of its own, so that the same two votes are the same evidence whoever finds it. */
export function evidenceOf(offender: PublicKey, a: Vote, b: Vote): Evidence {
  const swap = a.kind === b.kind ? a.block > b.block : a.kind > b.kind
  return { offender, first: swap ? b : a, second: swap ? a : b }
}

/** What is wrong with it apart from its signatures; undefined where nothing is. */
export function evidenceProblem({ offender, first, second }: Evidence): string | undefined {
  if (!contradict(first, second)) return 'the votes do not contradict each other'
  if (first.signer !== second.signer) return 'the votes are of two signers'
  if (evidenceOf(offender, first, second).first !== first) return 'the votes are in the wrong order'
  return undefined
}

export function evidenceChecks({ offender, first, second }: Evidence, chain: Hash): SignatureCheck[] {
  return [first, second].map((vote) => ({
    key: offender,
    bytes: voteSigningBytes(chain, vote),
    signature: vote.signature,
  }))
}
