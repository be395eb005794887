/** What a proposed block has to be, and why it is not. */

import { certificateProblem } from '../certificate.ts'
import { voteSigningBytes } from '../codec/vote.ts'
import type { Epoch, Tip } from '../epoch.ts'
import type { SignatureCheck } from '../events.ts'
import { evidenceChecks, evidenceProblem } from '../evidence.ts'
import type { Proposal } from '../messages.ts'
import {
  type Block,
  type BlockHeader,
  type Certificate,
  type Hash,
  NO_HASH,
  type PublicKey,
  type ValidatorSet,
} from '../types.ts'
import type { Context } from './context.ts'

/** Why the parts of a proposal don't belong together; signatures and the block's content are checked later. */
export function proposalProblem(
  { block, parentView, parentCertificate, vote }: Proposal,
  hash: Hash,
  set: ValidatorSet,
): string | undefined {
  if (vote.kind !== 'notarize' || vote.block !== hash) return 'the vote is for another block'
  if (parentView >= vote.view) return 'the parent is of a later view'
  if (parentView === 0) return parentCertificate === undefined ? undefined : 'the first parent is certified'
  if (parentCertificate === undefined) return 'the parent is not certified'
  const { kind, view, epoch } = parentCertificate
  if (kind === 'nullify' || view !== parentView || epoch !== set.epoch || block.header.epoch !== epoch)
    return 'the certificate is not of the parent'
  return certificateProblem(parentCertificate, set)
}

/**
 * Why no honest validator votes for a block of the current view on this path, apart from signatures; 'wait' where that
 * can't be judged yet: this validator is behind, or its clock is.
 */
export function blockProblem(
  context: Context,
  epoch: Epoch,
  leader: number,
  { block, parentCertificate }: Proposal,
  path: readonly Block[],
): string | undefined {
  const { chain, genesis, application } = context
  const last = path.at(-1)
  const parent = last === undefined ? chain.final : tipOf(last.header, chain.hash(last))
  const problem =
    originProblem(block.header, parent, leader, context, epoch) ??
    contentProblem(block.header, parent, parentCertificate, context, epoch)
  if (problem !== undefined) return problem
  for (const evidence of block.evidence) {
    const wrong = evidenceProblem(evidence)
    if (wrong !== undefined) return `evidence: ${wrong}`
  }
  const limits = { maxBytes: genesis.max_block_size, maxTransactions: genesis.max_transactions_per_block }
  return application.validate(block, path, limits)
}

/** Of the leader, of what is in the block, of the evidence. */
export function contentChecks(
  { chainId, application }: Context,
  leader: PublicKey,
  { vote, block }: Proposal,
): SignatureCheck[] {
  const bytes = voteSigningBytes(chainId, vote)
  const checks: SignatureCheck[] = [{ key: leader, bytes, signature: vote.signature }]
  checks.push(...application.unchecked(block))
  for (const evidence of block.evidence) checks.push(...evidenceChecks(evidence, chainId))
  return checks
}

function originProblem(
  header: BlockHeader,
  parent: Tip,
  leader: number,
  { chainId }: Context,
  epoch: Epoch,
): string | undefined {
  if (header.chain !== chainId) return 'it is of another chain'
  if (header.epoch !== epoch.set.epoch || header.validators !== epoch.set.hash)
    return 'it is of another epoch'
  if (header.parent !== parent.hash || header.height !== parent.height + 1)
    return 'its parent is another block'
  if (header.height > epoch.last) return 'the epoch is over'
  if (header.proposer !== leader) return 'its proposer does not lead the view'
  return undefined
}

function contentProblem(
  header: BlockHeader,
  parent: Tip,
  certificate: Certificate | undefined,
  { chain, genesis, nowMs }: Context,
  epoch: Epoch,
): string | undefined {
  if (header.timestampMs <= parent.timestampMs) return 'it is not later than its parent'
  if (!sameSigners(header.signers, certificate)) return 'it names other signers than those of its parent'
  const lag = header.height - header.stateHeight
  if (header.stateHeight < parent.stateHeight || lag < 1 || lag > genesis.bounds.pipeline_depth[1])
    return 'it shows the state of a wrong height'
  if (header.timestampMs > nowMs + genesis.clock_drift) return 'wait'
  if (header.stateHeight > chain.final.height) return 'wait'
  if (chain.rootAt(header.stateHeight) !== header.stateRoot) return 'it shows another state'
  const next = header.height === epoch.last ? epoch.next?.set.hash : NO_HASH
  return header.nextValidators === next ? undefined : 'it names other next validators'
}

function sameSigners(signers: Uint8Array, certificate: Certificate | undefined): boolean {
  if (certificate === undefined) return signers.length === 0
  return (
    signers.length === certificate.signers.length &&
    signers.every((byte, i) => byte === certificate.signers[i])
  )
}

export function tipOf({ height, timestampMs, stateHeight }: BlockHeader, hash: Hash): Tip {
  return { height, hash, timestampMs, stateHeight }
}
