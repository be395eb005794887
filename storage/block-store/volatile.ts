/** The blocks of one validator in the memory of the process: for as long as that runs, and pruned like those on disk. */
import type { EpochProof } from '../../protocols/consensus/light-client.ts'
import type { CertifiedBlocks } from '../../protocols/consensus/messages.ts'
import type { SnapshotManifest } from '../../protocols/consensus/state/snapshot.ts'
import type { FinalityProof } from '../../protocols/consensus/types.ts'
import type { ArchiveContent, BlockArchive, StoredSnapshot } from './block-archive.ts'
import { finalityOfRun, lastOf } from './entries.ts'
import { newsIn } from './intake.ts'
import { type BlockStoreLimits, completeBlockStoreLimits } from './limits.ts'

type VolatileLimits = Pick<BlockStoreLimits, 'finalityHeights' | 'keptSnapshots'>

export class VolatileBlocks implements BlockArchive {
  readonly #limits: VolatileLimits
  /** By height, ascending. */
  readonly #runs = new Map<number, CertifiedBlocks>()
  /** Of blocks that are no longer kept, by height, ascending. */
  readonly #finality = new Map<number, FinalityProof>()
  readonly #epochs = new Map<number, EpochProof>()
  #snapshots: readonly StoredSnapshot[] = []
  #newest = 0

  constructor(limits: Partial<VolatileLimits> = {}) {
    this.#limits = completeBlockStoreLimits(limits)
  }

  get oldest(): number {
    return this.#runs.keys().next().value ?? this.#newest + 1
  }

  get newest(): number {
    return this.#newest
  }

  async load(): Promise<ArchiveContent> {
    const snapshot = this.#snapshots.at(-1)
    return { snapshot, runs: this.#runsAfter(heightOf(snapshot)), damaged: [] }
  }

  async append(run: CertifiedBlocks): Promise<void> {
    const news = newsIn(run, this.#newest)
    if (news === undefined) return
    for (const { header } of news.blocks) this.#runs.set(header.height, news)
    this.#newest = lastOf(news)
  }

  async runAt(height: number): Promise<CertifiedBlocks | undefined> {
    return this.#runs.get(height)
  }

  async finalityOf(height: number): Promise<FinalityProof | undefined> {
    const run = this.#runs.get(height)
    return run === undefined ? this.#finality.get(height) : finalityOfRun(run, height)
  }

  async putSnapshot(snapshot: StoredSnapshot): Promise<void> {
    const height = heightOf(snapshot)
    if (height <= heightOf(this.#snapshots.at(-1))) return
    if (height > this.#newest) {
      this.#newest = height
      this.#snapshots = [snapshot]
      return this.#prune(height)
    }
    this.#snapshots = [...this.#snapshots, snapshot].slice(-this.#limits.keptSnapshots)
    if (this.#snapshots.length === this.#limits.keptSnapshots) this.#prune(heightOf(this.#snapshots[0]))
  }

  async snapshot(): Promise<StoredSnapshot | undefined> {
    return this.#snapshots.at(-1)
  }

  async manifests(): Promise<SnapshotManifest[]> {
    return this.#snapshots.map(({ snapshot }) => snapshot.manifest).reverse()
  }

  async chunk(height: number, index: number): Promise<Uint8Array | undefined> {
    return this.#snapshots.find((one) => heightOf(one) === height)?.snapshot.chunks[index]
  }

  async putEpochProof(epoch: number, proof: EpochProof): Promise<void> {
    if (!this.#epochs.has(epoch)) this.#epochs.set(epoch, proof)
  }

  async epochProofs(from: number, count = Number.POSITIVE_INFINITY): Promise<EpochProof[]> {
    const proofs: EpochProof[] = []
    for (let epoch = from; proofs.length < count && this.#epochs.has(epoch); epoch++)
      proofs.push(this.#epochs.get(epoch)!)
    return proofs
  }

  async missingEpochProof(before: number): Promise<number | undefined> {
    for (let epoch = 0; epoch < before; epoch++) if (!this.#epochs.has(epoch)) return epoch
    return undefined
  }

  async close(): Promise<void> {}

  async *#runsAfter(height: number): AsyncGenerator<CertifiedBlocks> {
    const newest = this.#newest
    for (let next = height + 1; next <= newest; ) {
      const run = this.#runs.get(next)!
      yield run
      next = lastOf(run) + 1
    }
  }

  #prune(upTo: number): void {
    for (const [height, run] of this.#runs) {
      if (height > upTo) break
      this.#finality.set(height, finalityOfRun(run, height))
      this.#runs.delete(height)
    }
    for (const height of this.#finality.keys()) {
      if (height >= this.oldest - this.#limits.finalityHeights) break
      this.#finality.delete(height)
    }
  }
}

function heightOf(snapshot: StoredSnapshot | undefined): number {
  return snapshot?.snapshot.manifest.height ?? 0
}
