/** Certificates: made of as many votes as a quorum needs, and checked member by member. */
import { voteSigningBytes } from './codec/vote.ts'
import type { SignatureCheck } from './events.ts'
import { isQuorum } from './quorum.ts'
import type { Certificate, Hash, ValidatorSet, Vote } from './types.ts'
import { bitmapOf, indicesOf } from './validator-set.ts'

/** Of valid votes for the same, by distinct members, that make a quorum. */
export function assembleCertificate(votes: readonly Vote[], { members }: ValidatorSet): Certificate {
  const ordered = [...votes].sort((a, b) => a.signer - b.signer)
  const { kind, epoch, view, block } = ordered[0]!
  const signers = bitmapOf(
    ordered.map(({ signer }) => signer),
    members.length,
  )
  return { kind, epoch, view, block, signers, signatures: ordered.map(({ signature }) => signature) }
}

/** What is wrong with it apart from its signatures; undefined where nothing is. */
export function certificateProblem(
  { epoch, signers, signatures }: Certificate,
  set: ValidatorSet,
): string | undefined {
  if (epoch !== set.epoch) return `it is of epoch ${epoch}, not of ${set.epoch}`
  if (signers.length !== Math.ceil(set.members.length / 8)) return 'its bitmap has the wrong length'
  const indices = indicesOf(signers)
  if (indices.length !== signatures.length) return 'signers and signatures differ in number'
  let signed = 0
  for (const index of indices) {
    const member = set.members[index]
    if (member === undefined) return `there is no validator ${index}`
    signed += member.stake
  }
  if (!isQuorum(signed, set.totalStake))
    return `${signed} of ${set.totalStake} stake is not more than two thirds`
  return undefined
}

/** The signatures of a certificate without problem, for checking. */
export function certificateChecks(
  certificate: Certificate,
  { members }: ValidatorSet,
  chain: Hash,
): SignatureCheck[] {
  const bytes = voteSigningBytes(chain, certificate)
  return indicesOf(certificate.signers).map((index, i) => ({
    key: members[index]!.publicKey,
    bytes,
    signature: certificate.signatures[i]!,
  }))
}
