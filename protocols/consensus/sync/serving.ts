/** What a validator answers to one that lacks what it can't get as blocks, from what it has stored. */
import { MAX_OFFERED_PROOFS, type SnapshotOffer, type SyncMessage } from '../codec/sync.ts'
import type { Genesis } from '../genesis.ts'
import type { EpochProof } from '../light-client.ts'
import type { SnapshotManifest } from '../state/snapshot.ts'
import type { FinalityProof } from '../types.ts'

/** Where snapshots and proofs are. */
export interface SnapshotSource {
  /** The newest first. */
  manifests(): Promise<readonly SnapshotManifest[]>
  finalityOf(height: number): Promise<FinalityProof | undefined>
  epochProofs(from: number, count: number): Promise<readonly EpochProof[]>
  chunk(height: number, index: number): Promise<Uint8Array | undefined>
}

/** The epoch of the block at this height: what asks for it knows its validators. */
export function epochOfHeight(height: number, { epoch_length }: Genesis): number {
  return Math.floor((height - 1) / epoch_length)
}

/** Undefined for what is no question, and where there is no answer. */
export async function answerSync(
  question: SyncMessage,
  source: SnapshotSource,
  genesis: Genesis,
): Promise<SyncMessage | undefined> {
  if (question.kind === 'get-offer') return await offerSnapshot(question.epoch, source, genesis)
  if (question.kind === 'get-proofs') {
    const proofs = await source.epochProofs(question.epoch, MAX_OFFERED_PROOFS)
    return proofs.length === 0 ? undefined : { kind: 'proofs', proofs }
  }
  if (question.kind !== 'get-chunk') return undefined
  const { height, index } = question
  const bytes = await source.chunk(height, index)
  return bytes && { kind: 'chunk', height, index, bytes }
}

/** For one that knows the validators of this epoch: undefined where it needs no snapshot, or none is shown to be right. */
export async function offerSnapshot(
  epoch: number,
  source: SnapshotSource,
  { epoch_length, bounds }: Genesis,
): Promise<SnapshotOffer | undefined> {
  for (const manifest of await source.manifests()) {
    // The state at the end of an epoch; one that knows the next epoch's validators has that already, or asks for blocks.
    const missing = manifest.height / epoch_length - epoch
    if (missing <= 0) return undefined
    const witness = await witnessOf(manifest, source, bounds.pipeline_depth[1])
    if (witness === undefined) continue
    const proofs = await source.epochProofs(epoch, Math.min(missing, MAX_OFFERED_PROOFS))
    return proofs.length === 0 ? undefined : { kind: 'snapshot-offer', proofs, manifest, witness }
  }
  return undefined
}

/** None yet where the next block is not final, and none at all where no header happened to show this state. */
async function witnessOf(
  { height }: SnapshotManifest,
  source: SnapshotSource,
  maxLag: number,
): Promise<FinalityProof | undefined> {
  for (let at = height + 1; at <= height + maxLag; at++) {
    const proof = await source.finalityOf(at)
    const shown = proof?.headers[0]?.stateHeight ?? Number.POSITIVE_INFINITY
    if (shown === height) return proof
    if (shown > height) return undefined
  }
  return undefined
}
