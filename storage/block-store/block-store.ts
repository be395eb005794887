/**
 * What one validator keeps of its chain, durable, in a folder of its own:
 *
 *   blocks-*.log      runs of final blocks with their certificates, since the oldest snapshot that is kept
 *   finality-*.log    headers and certificates of runs that are no longer kept: written when these are deleted, because
 *                     until then the run itself shows it, and nobody waits for a second file
 *   epochs-*.log      the proof of each change of epoch; late-epochs-*.log those that came again
 *   snapshot-*.state  the newest snapshots
 *
 * Nothing is acknowledged before it is on the disk. Opening reads all of it: a batch at an end whose writing was cut
 * short was never acknowledged and is cut off, and `tornBytes` says so. What is not as it was written in any other way
 * is set aside with all that follows on it, and `load` tells; the validator gets what is missing from its peers. Such
 * damage is no reason not to open: everything here is certified, and other validators have it too.
 */
import { resolve } from 'node:path'
import { blockBytes } from '../../protocols/consensus/ledger/size.ts'
import type { EpochProof } from '../../protocols/consensus/light-client.ts'
import type { CertifiedBlocks } from '../../protocols/consensus/messages.ts'
import type { SnapshotManifest } from '../../protocols/consensus/state/snapshot.ts'
import { type FinalityProof, SIGNATURE_BYTES } from '../../protocols/consensus/types.ts'
import {
  NeuroplexError,
  StorageClosedError,
  StorageDamagedError,
  StorageFailedError,
  StorageFullError,
} from '../../protocols/errors.ts'
import { holdFolder } from '../data-folder.ts'
import { storageFailed } from '../embedded/sqlite-error.ts'
import type { ProcessLock } from '../process-lock.ts'
import { SECTOR } from '../sectors.ts'
import { Aside } from './aside.ts'
import type { Entry } from './batch.ts'
import type { ArchiveContent, BlockArchive, StoredSnapshot } from './block-archive.ts'
import { epochEntry, finalityEntry, finalityIn, finalityOfRun, lastOf, runEntry, runIn } from './entries.ts'
import { EpochProofs } from './epoch-proofs.ts'
import { Group } from './group.ts'
import { HeightLog } from './height-log.ts'
import { newsIn } from './intake.ts'
import { type BlockStoreLimits, completeBlockStoreLimits } from './limits.ts'
import { Snapshots } from './snapshots.ts'

/** A batch takes no more once it has this many bytes. */
const GROUP_BYTES = 4 * 1024 * 1024
/** What is in these files is small, and less of it is kept beyond its time in small files. */
const SMALL_SEGMENT_BYTES = 8 * 1024 * 1024
/** "NPB" and "NPF" with the version of the form. */
const MAGIC = { blocks: 0x4e504201, finality: 0x4e504601 } as const

export interface BlockStoreOptions {
  /** Made when it is not there, for its owner only. One process has it open at a time. */
  readonly folder: string
  readonly limits?: Partial<BlockStoreLimits>
}

interface Parts {
  readonly blocks: HeightLog
  readonly finality: HeightLog
  readonly epochs: EpochProofs
  readonly snapshots: Snapshots
}

export class BlockStore implements BlockArchive, AsyncDisposable {
  /** Bytes that were never acknowledged and were cut off when it was opened. */
  readonly tornBytes: number
  readonly #folder: string
  readonly #limits: BlockStoreLimits
  readonly #lock: ProcessLock
  readonly #parts: Parts
  readonly #damaged: readonly string[]
  readonly #group: Group<CertifiedBlocks | undefined>
  /** The last height that has been given to `append`. */
  #newest: number
  #turn: Promise<void> = Promise.resolve()
  #failure: StorageFailedError | undefined
  #closed: Promise<void> | undefined

  private constructor(
    folder: string,
    limits: BlockStoreLimits,
    lock: ProcessLock,
    parts: Parts,
    damaged: readonly string[],
  ) {
    this.#folder = folder
    this.#limits = limits
    this.#lock = lock
    this.#parts = parts
    this.#damaged = damaged
    this.#newest = Math.max(parts.blocks.last, parts.snapshots.newestHeight)
    this.tornBytes = parts.blocks.tornBytes + parts.finality.tornBytes + parts.epochs.tornBytes
    this.#group = new Group({
      room: limits.inFlightBytes,
      maxWaiting: limits.waitingCalls,
      groupWeight: GROUP_BYTES,
      write: (runs) => this.#exclusive(() => this.#write(runs)),
    })
  }

  /** Rejects with StorageInUseError while another has the folder, and StorageFailedError. */
  static async open({ folder: given, limits = {} }: BlockStoreOptions): Promise<BlockStore> {
    const complete = completeBlockStoreLimits(limits)
    const folder = resolve(given)
    const lock = holdFolder(folder)
    try {
      const aside = new Aside(folder, complete.damagedFiles)
      const parts = await openParts(folder, complete, aside)
      await reconcile(parts, aside)
      return new BlockStore(folder, complete, lock, parts, aside.told)
    } catch (error) {
      lock.release()
      throw error instanceof NeuroplexError
        ? error
        : storageFailed(`cannot open the blocks in ${folder}`, error)
    }
  }

  get oldest(): number {
    const { blocks } = this.#parts
    return blocks.isEmpty ? this.newest + 1 : blocks.first
  }

  get newest(): number {
    return Math.max(this.#parts.blocks.last, this.#parts.snapshots.newestHeight)
  }

  async load(): Promise<ArchiveContent> {
    this.#checkOpen()
    return { snapshot: await this.snapshot(), runs: this.#runsAfterSnapshot(), damaged: this.#damaged }
  }

  /** As the archive says. After StorageFailedError the store takes no more: what was acknowledged is there when it is opened again. */
  async append(run: CertifiedBlocks): Promise<void> {
    this.#checkWritable()
    const news = newsIn(run, this.#newest)
    // What is known may still be on its way to the disk.
    if (news === undefined) return await this.#group.add(undefined, 0)
    const weight = weightOf(news)
    this.#checkRoom(weight)
    const written = this.#group.add(news, weight)
    this.#newest = lastOf(news)
    await written
  }

  async runAt(height: number): Promise<CertifiedBlocks | undefined> {
    this.#checkOpen()
    const entry = await this.#read(this.#parts.blocks, height)
    return entry && runIn(entry)
  }

  async finalityOf(height: number): Promise<FinalityProof | undefined> {
    const run = await this.runAt(height)
    if (run !== undefined) return finalityOfRun(run, height)
    const entry = await this.#read(this.#parts.finality, height)
    return entry && finalityIn(entry, height)
  }

  async putSnapshot(snapshot: StoredSnapshot): Promise<void> {
    this.#checkWritable()
    this.#checkRoom(snapshot.snapshot.chunks.reduce((sum, { length }) => sum + length, 0))
    await this.#exclusive(() => this.#putSnapshot(snapshot))
  }

  async snapshot(): Promise<StoredSnapshot | undefined> {
    this.#checkOpen()
    const { newest } = this.#parts.snapshots
    const snapshot = await this.#reading(async () => await newest?.read())
    if (newest !== undefined && snapshot === undefined && newest === this.#parts.snapshots.newest)
      throw damaged(newest.path)
    return snapshot
  }

  async manifests(): Promise<SnapshotManifest[]> {
    this.#checkOpen()
    return this.#parts.snapshots.manifests()
  }

  async chunk(height: number, index: number): Promise<Uint8Array | undefined> {
    this.#checkOpen()
    return await this.#reading(async () => await this.#parts.snapshots.at(height)?.chunk(index))
  }

  async putEpochProof(epoch: number, proof: EpochProof): Promise<void> {
    this.#checkWritable()
    const entry = epochEntry(epoch, proof)
    this.#checkRoom(entry.bytes.length)
    await this.#exclusive(() => this.#parts.epochs.put(entry))
  }

  async epochProofs(from: number, count = Number.POSITIVE_INFINITY): Promise<EpochProof[]> {
    this.#checkOpen()
    const proofs: EpochProof[] = []
    for (let epoch = from; proofs.length < count; epoch++) {
      const proof = await this.#reading(() => this.#parts.epochs.read(epoch))
      if (proof === undefined) break
      proofs.push(proof)
    }
    return proofs
  }

  async missingEpochProof(before: number): Promise<number | undefined> {
    this.#checkOpen()
    return this.#parts.epochs.firstMissing(before)
  }

  /** Resolves when the calls before it have ended and the folder is free. It may be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await this.#group.idle()
    await this.#turn
    const { blocks, finality, epochs } = this.#parts
    for (const part of [blocks, finality, epochs]) await part.close()
    this.#lock.release()
  }

  async *#runsAfterSnapshot(): AsyncGenerator<CertifiedBlocks> {
    const { newest } = this
    for (let height = this.#parts.snapshots.newestHeight + 1; height <= newest; ) {
      const run = await this.runAt(height)
      if (run === undefined) throw damaged(this.#folder)
      yield run
      height = lastOf(run) + 1
    }
  }

  async #write(runs: readonly (CertifiedBlocks | undefined)[]): Promise<void> {
    // A snapshot beyond them may have come in between.
    const news = runs.filter((run) => run !== undefined && lastOf(run) > this.newest) as CertifiedBlocks[]
    if (news.length > 0) await this.#parts.blocks.append(news.map(runEntry))
  }

  async #putSnapshot(snapshot: StoredSnapshot): Promise<void> {
    const { blocks, snapshots } = this.#parts
    const { height } = snapshot.snapshot.manifest
    if (height <= snapshots.newestHeight) return
    await snapshots.add(snapshot)
    if (height > this.#newest) {
      this.#newest = height
      await this.#keepFinality(blocks.last)
      await blocks.clear()
      return await snapshots.keep(1)
    }
    await snapshots.keep(this.#limits.keptSnapshots)
    if (snapshots.count === this.#limits.keptSnapshots) await this.#prune(snapshots.oldestHeight)
  }

  /** Deletes files with blocks up to this height alone. */
  async #prune(height: number): Promise<void> {
    const { blocks, finality } = this.#parts
    for (let last = blocks.oldestLast; last <= height; last = blocks.oldestLast) {
      await this.#keepFinality(last)
      await blocks.removeOldest()
    }
    while (finality.oldestLast < this.oldest - this.#limits.finalityHeights) await finality.removeOldest()
  }

  /** Writes down what shows the blocks up to this height to be final. */
  async #keepFinality(last: number): Promise<void> {
    const { blocks, finality } = this.#parts
    let entries: Entry[] = []
    let bytes = 0
    for (let height = Math.max(blocks.first, finality.last + 1); height <= last; ) {
      const entry = await blocks.read(height)
      height = entry === undefined ? height + 1 : entry.first + entry.count
      if (entry === undefined) continue
      entries.push(finalityEntry(runIn(entry)))
      bytes += entries.at(-1)!.bytes.length
      if (bytes < GROUP_BYTES && height <= last) continue
      await finality.append(entries)
      entries = []
      bytes = 0
    }
    if (entries.length > 0) await finality.append(entries)
  }

  /** One after the other, because they change the same files. After one has failed, none is tried again. */
  async #exclusive(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(async () => {
      if (this.#failure !== undefined) throw this.#lostError(this.#failure, false)
      try {
        await work()
      } catch (error) {
        this.#failure = storageFailed(`cannot write to ${this.#folder}`, error)
        throw this.#lostError(this.#failure, true)
      }
    })
    this.#turn = turn.catch(() => {})
    await turn
  }

  #read(log: HeightLog, height: number): Promise<Entry | undefined> {
    return this.#reading(() => log.read(height))
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (error) {
      throw storageFailed(`cannot read from ${this.#folder}`, error)
    }
  }

  #checkOpen(): void {
    if (this.#closed !== undefined)
      throw new StorageClosedError(`the store of the blocks in ${this.#folder} is closed`, {
        target: this.#folder,
      })
  }

  #checkWritable(): void {
    this.#checkOpen()
    if (this.#failure !== undefined) throw this.#lostError(this.#failure, false)
  }

  #checkRoom(more: number): void {
    const { blocks, finality, epochs, snapshots } = this.#parts
    const bytes = blocks.bytes + finality.bytes + epochs.bytes + snapshots.bytes + this.#group.weight
    if (bytes + more <= this.#limits.storeBytes) return
    throw new StorageFullError(
      `the blocks in ${this.#folder} would take more than ${this.#limits.storeBytes} bytes: make epochs shorter, or raise limits.storeBytes`,
      { target: this.#folder, mayHaveRun: false },
    )
  }

  /** An error of its own for each call, because each has its own stack and may say something else. */
  #lostError(failure: StorageFailedError, mayHaveRun: boolean): StorageFailedError {
    return new StorageFailedError(
      `${failure.message}. The store takes no more: close it and open it again; what was acknowledged is there`,
      { target: this.#folder, mayHaveRun, cause: failure.cause },
    )
  }
}

async function openParts(folder: string, { segmentBytes }: BlockStoreLimits, aside: Aside): Promise<Parts> {
  const small = Math.min(segmentBytes, SMALL_SEGMENT_BYTES)
  const logOf = (name: keyof typeof MAGIC, bytes: number) =>
    HeightLog.open(
      { folder, name, magic: MAGIC[name], segmentBytes: bytes, isGapless: name === 'blocks' },
      aside,
    )
  return {
    snapshots: await Snapshots.open(folder, aside),
    blocks: await logOf('blocks', segmentBytes),
    finality: await logOf('finality', small),
    epochs: await EpochProofs.open(folder, small, aside),
  }
}

/** What is left of the blocks may not lead on from the newest snapshot. */
async function reconcile({ blocks, snapshots }: Parts, aside: Aside): Promise<void> {
  if (blocks.isEmpty) return
  const { newestHeight } = snapshots
  if (blocks.first > newestHeight + 1) await blocks.setAside(aside, 'follows on a snapshot that is damaged')
  else if (blocks.last >= newestHeight) return
  else if (aside.told.length > 0) await blocks.setAside(aside, 'ends before the newest snapshot')
  // The process ended between taking over a later snapshot and deleting what it replaces.
  else await blocks.clear()
}

function weightOf({ blocks, certificate }: CertifiedBlocks): number {
  const bytes = blocks.reduce((sum, block) => sum + blockBytes(block), 0)
  return bytes + certificate.signatures.length * SIGNATURE_BYTES + SECTOR
}

function damaged(path: string): StorageDamagedError {
  return new StorageDamagedError(
    `${path} has been damaged since it was opened: close it and open it again, which sets aside what can't be used`,
    { target: path },
  )
}
