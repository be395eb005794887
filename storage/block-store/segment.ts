/** One file of a log, and where in it each entry begins. It takes its name only once its first batch is durable. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { synchronise } from '../data-folder.ts'
import {
  type BatchName,
  type Entry,
  type EntryPlace,
  encodeBatch,
  entriesIn,
  readBatch,
  readEntry,
} from './batch.ts'

export interface SegmentName {
  readonly path: string
  readonly magic: number
  readonly number: number
}

/** How far a file is as it was written. */
export interface SegmentCheck {
  readonly segment: Segment
  /** Bytes at its end of a batch that was never acknowledged, because its writing was cut short. */
  readonly tornBytes: number
  readonly isDamaged: boolean
}

export class Segment {
  readonly #name: SegmentName
  /** Two numbers for each entry, because there may be many. */
  readonly #firsts: number[] = []
  readonly #ats: number[] = []
  #last = 0
  #batches = 0
  #bytes = 0
  #file: FileHandle | undefined

  private constructor(name: SegmentName) {
    this.#name = name
  }

  /** Reads all of it. Entries have to follow on each other as `follows` says, the first on `last`. */
  static async check(
    name: SegmentName,
    last: number,
    follows: (first: number, last: number) => boolean,
  ): Promise<SegmentCheck> {
    const segment = new Segment(name)
    segment.#last = last
    const file = await open(name.path, 'r')
    try {
      const { size } = await file.stat()
      while (segment.#bytes < size || segment.#batches === 0) {
        const batch = await readBatch(file, segment.#bytes, size, segment.#batchName())
        if (batch === 'damaged' || (batch === 'torn' && segment.#batches === 0))
          return { segment, tornBytes: 0, isDamaged: true }
        if (batch === 'torn') return { segment, tornBytes: size - segment.#bytes, isDamaged: false }
        if (!segment.#follow(batch.entries, follows)) return { segment, tornBytes: 0, isDamaged: true }
        segment.#take(batch.entries, batch.end)
      }
      return { segment, tornBytes: 0, isDamaged: false }
    } finally {
      await file.close()
    }
  }

  static async create(name: SegmentName, entries: readonly Entry[]): Promise<Segment> {
    const segment = new Segment(name)
    const path = `${name.path}.new`
    segment.#file = await open(path, 'w', 0o600)
    try {
      await segment.append(entries)
      await segment.#file.sync()
      await rename(path, name.path)
      synchronise(dirname(name.path))
      return segment
    } catch (error) {
      await segment.#file.close()
      throw error
    }
  }

  get path(): string {
    return this.#name.path
  }

  get number(): number {
    return this.#name.number
  }

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#firsts.length === 0
  }

  get first(): number {
    return this.#firsts[0]!
  }

  /** The last height that an entry is about. */
  get last(): number {
    return this.#last
  }

  /** After a start: what another process wrote may not be durable yet. */
  async reopen(): Promise<void> {
    this.#file = await open(this.path, 'a')
    await this.#file.datasync()
  }

  /** Resolves when they are durable. After it has rejected, nothing may be appended any more. */
  async append(entries: readonly Entry[]): Promise<void> {
    const batch = encodeBatch(this.#batchName(), entries)
    await this.#file!.writeFile(batch)
    await this.#file!.datasync()
    this.#take(entriesIn(batch, this.#bytes), this.#bytes + batch.length)
  }

  begins(height: number): boolean {
    return this.#firsts[this.#indexOf(height)] === height
  }

  /** The entry that begins last up to this height; undefined where it is not as it was written, or gone. */
  async read(height: number): Promise<Entry | undefined> {
    const index = this.#indexOf(height)
    if (index < 0) return undefined
    let file: FileHandle
    try {
      file = await open(this.path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    try {
      const entry = await readEntry(file, this.#ats[index]!)
      return entry?.first === this.#firsts[index] ? entry : undefined
    } finally {
      await file.close()
    }
  }

  /** No more is appended. */
  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  async remove(): Promise<void> {
    await this.close()
    await rm(this.path, { force: true })
  }

  #batchName(): BatchName {
    return { magic: this.#name.magic, segment: this.number, number: this.#batches }
  }

  #follow(entries: readonly EntryPlace[], follows: (first: number, last: number) => boolean): boolean {
    let last = this.#last
    for (const { first, count } of entries) {
      if (!follows(first, last)) return false
      last = first + count - 1
    }
    return true
  }

  #take(entries: readonly EntryPlace[], end: number): void {
    for (const { first, count, at } of entries) {
      this.#firsts.push(first)
      this.#ats.push(at)
      this.#last = first + count - 1
    }
    this.#batches += 1
    this.#bytes = end
  }

  /** Of the entry that begins last up to this height; -1 where none does. */
  #indexOf(height: number): number {
    let low = 0
    let high = this.#firsts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#firsts[middle]! <= height) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
