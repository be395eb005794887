/** What the header of a proposed block has to be, and why it is not. */

import { certificateProblem } from '../certificate.ts'
import type { Chain } from '../chain.ts'
import type { Epoch, Tip } from '../epoch.ts'
import type { Genesis } from '../genesis.ts'
import type { Proposal } from '../messages.ts'
import { type BlockHeader, type Certificate, type Hash, NO_HASH, type ValidatorSet } from '../types.ts'

export interface HeaderRules {
  readonly chainId: Hash
  readonly genesis: Genesis
  readonly epoch: Epoch
  readonly chain: Chain
}

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

/** 'wait' where it can't be judged yet: this validator is behind, or its clock is. */
export function headerProblem(
  header: BlockHeader,
  parent: Tip,
  certificate: Certificate | undefined,
  leader: number,
  nowMs: number,
  { chainId, genesis, epoch, chain }: HeaderRules,
): string | undefined {
  if (header.chain !== chainId) return 'it is of another chain'
  if (header.epoch !== epoch.set.epoch || header.validators !== epoch.set.hash)
    return 'it is of another epoch'
  if (header.parent !== parent.hash || header.height !== parent.height + 1)
    return 'its parent is another block'
  if (header.height > epoch.last) return 'the epoch is over'
  if (header.proposer !== leader) return 'its proposer does not lead the view'
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
