/**
 * Brings final blocks, snapshots and proofs of epochs into the block store, one after the other and behind the
 * protocol: what is final is so by votes that are durable, so nobody waits for this. It has a bound all the same, and
 * beyond that the validator says nothing more until the store has caught up.
 */
import { blockBytes } from '../../../protocols/consensus/ledger/size.ts'
import type { EpochProof } from '../../../protocols/consensus/light-client.ts'
import type { CertifiedBlocks } from '../../../protocols/consensus/messages.ts'
import type { BlockArchive, StoredSnapshot } from '../../../storage/block-store/block-archive.ts'

/** Of blocks that wait to be stored. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
/**
 * Blocks are gathered for so long before they are written, in milliseconds: each write takes the disk from votes, for
 * which everybody waits.
 */
const GATHER_MS = 50

export interface KeepingShell {
  pause(ms: number): Promise<void>
  /** This run is durable, and all before it. */
  stored(run: CertifiedBlocks): void
  failed(error: unknown): void
}

export class BlockKeeping {
  readonly #archive: BlockArchive
  readonly #shell: KeepingShell
  readonly #waiting = new Map<CertifiedBlocks, number>()
  #waitingBytes = 0
  /** Those that are in no write yet. */
  #runs: CertifiedBlocks[] = []
  #last: Promise<void> = Promise.resolve()
  #hurry = Promise.withResolvers<void>()
  #ended = false

  constructor(archive: BlockArchive, shell: KeepingShell) {
    this.#archive = archive
    this.#shell = shell
  }

  get isBehind(): boolean {
    return this.#waitingBytes > MAX_WAITING_BYTES
  }

  keep(run: CertifiedBlocks): void {
    const bytes = run.blocks.reduce((sum, block) => sum + blockBytes(block), 0)
    this.#waiting.set(run, bytes)
    this.#waitingBytes += bytes
    if (this.#runs.push(run) === 1) this.#then(() => this.#append())
  }

  keepSnapshot(snapshot: StoredSnapshot, kept?: () => void): void {
    this.#then(async () => {
      await this.#archive.putSnapshot(snapshot)
      kept?.()
    })
  }

  keepEpoch(epoch: number, proof: EpochProof): void {
    this.#then(() => this.#archive.putEpochProof(epoch, proof))
  }

  /** The run that holds a height; undefined where it is not here any more. */
  async runAt(height: number): Promise<CertifiedBlocks | undefined> {
    for (const run of this.#waiting.keys())
      if (run.blocks[0]!.header.height <= height && height <= run.blocks.at(-1)!.header.height) return run
    return await this.#archive.runAt(height)
  }

  /** Resolves when what was to be kept so far is durable. */
  async settled(): Promise<void> {
    this.#hurry.resolve()
    await this.#last
  }

  /** The same, and no more is kept after it. */
  async close(): Promise<void> {
    await this.settled()
    this.#ended = true
  }

  /** All that has come meanwhile, and waits for the disk once. */
  async #append(): Promise<void> {
    await Promise.race([this.#shell.pause(GATHER_MS), this.#hurry.promise])
    this.#hurry = Promise.withResolvers()
    const runs = this.#runs
    this.#runs = []
    await Promise.all(runs.map((run) => this.#archive.append(run)))
    for (const run of runs) {
      this.#waitingBytes -= this.#waiting.get(run)!
      this.#waiting.delete(run)
      this.#shell.stored(run)
    }
  }

  #then(work: () => Promise<void>): void {
    this.#last = this.#last.then(async () => {
      if (this.#ended) return
      try {
        await work()
      } catch (error) {
        this.#ended = true
        this.#shell.failed(error)
      }
    })
  }
}
