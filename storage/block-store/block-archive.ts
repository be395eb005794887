/** What one validator keeps of its chain, wherever that is. */
import type { EpochSeed } from '../../protocols/consensus/epoch.ts'
import type { EpochProof } from '../../protocols/consensus/light-client.ts'
import type { CertifiedBlocks } from '../../protocols/consensus/messages.ts'
import type { Snapshot, SnapshotManifest } from '../../protocols/consensus/state/snapshot.ts'
import type { FinalityProof } from '../../protocols/consensus/types.ts'

/** The state at the beginning of an epoch, and with what that begins. */
export interface StoredSnapshot {
  readonly seed: EpochSeed
  readonly snapshot: Snapshot
}

/** With what a validator starts. */
export interface ArchiveContent {
  /** Undefined: the chain starts from the genesis. */
  readonly snapshot: StoredSnapshot | undefined
  /** Those after the snapshot, in order and without a gap; one is in memory at a time. */
  readonly runs: AsyncIterable<CertifiedBlocks>
  /** What was found not to be as it was written, a sentence each; it is kept aside and no part of the archive any more. */
  readonly damaged: readonly string[]
}

export interface BlockArchive {
  /** The first height whose block is here; `newest + 1` where there is none. */
  readonly oldest: number
  /** The last height whose block or state is here; 0 for the genesis. */
  readonly newest: number
  load(): Promise<ArchiveContent>
  /**
   * Takes the final blocks that follow the newest one, and resolves when they are durable; what is known already is left
   * out. Rejects with InvalidOptionError for a gap.
   */
  append(run: CertifiedBlocks): Promise<void>
  /** The run that holds this height; undefined where it is no longer here, not yet here, or damaged. */
  runAt(height: number): Promise<CertifiedBlocks | undefined>
  /** What shows the block at this height to be final, for longer than the block itself is kept. */
  finalityOf(height: number): Promise<FinalityProof | undefined>
  /**
   * Resolves when it is durable; older snapshots and blocks that are no longer needed go. One beyond `newest` begins the
   * archive anew: blocks go on from there.
   */
  putSnapshot(snapshot: StoredSnapshot): Promise<void>
  /** The newest one. */
  snapshot(): Promise<StoredSnapshot | undefined>
  /** What the snapshots consist of, the newest first. */
  manifests(): Promise<SnapshotManifest[]>
  /** One chunk of the snapshot of this height; undefined where it is not here. */
  chunk(height: number, index: number): Promise<Uint8Array | undefined>
  /** Resolves when it is durable, in whichever order. All are kept, so that anyone can follow the validators from the genesis. */
  putEpochProof(epoch: number, proof: EpochProof): Promise<void>
  /** Those from this epoch on, without a gap: `count` at most. */
  epochProofs(from: number, count?: number): Promise<EpochProof[]>
  /** The first epoch before this one whose proof is not here; undefined where all are. */
  missingEpochProof(before: number): Promise<number | undefined>
  close(): Promise<void>
}
