/**
 * One file of the log. It begins with all that is kept of the one before, and takes its name only when that is
 * durable; so the newest file is the log, and older ones are left over from a crash.
 *
 * Behind what has been written stands room of zeros. A write that makes no file longer need not wait for the
 * journal of the file system, in which everything stands in line that others write to the disk.
 */
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { synchronise } from '../data-folder.ts'
import { encodeBatch, type LogRecord, readSegment, type SegmentContent } from './batch.ts'

/** It is made durable while votes are being written, so there must not be much of it at a time. */
const ROOM = Buffer.alloc(1024 * 1024)

const NAME = /^votes-(\d{10})\.log$/

export class Segment {
  readonly number: number
  readonly path: string
  readonly #file: FileHandle
  #batches = 1
  #bytes: number
  /** Where the room ends. */
  #roomEnd: number
  #growing: Promise<void> | undefined

  private constructor(number: number, path: string, file: FileHandle, bytes: number) {
    this.number = number
    this.path = path
    this.#file = file
    this.#bytes = bytes
    this.#roomEnd = bytes + ROOM.length
  }

  static async create(folder: string, number: number, kept: readonly LogRecord[]): Promise<Segment> {
    const path = pathOf(folder, number)
    const first = encodeBatch(number, 0, kept)
    const file = await open(`${path}.new`, 'w', 0o600)
    try {
      await file.writeFile([first, ROOM])
      await file.sync()
      await rename(`${path}.new`, path)
      synchronise(folder)
      return new Segment(number, path, file, first.length)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Resolves when they are durable. After it has rejected, nothing may be appended any more. */
  async append(records: readonly LogRecord[]): Promise<void> {
    const batch = encodeBatch(this.number, this.#batches, records)
    const end = this.#bytes + batch.length
    while (end > this.#roomEnd) await this.#grow()
    await writeAt(this.#file, batch, this.#bytes)
    await this.#file.datasync()
    this.#batches += 1
    this.#bytes = end
    // Should it fail, it fails again for the append that needs the room.
    if (this.#roomEnd - end < ROOM.length / 2) this.#grow().catch(() => undefined)
  }

  /** Leaves no room behind. */
  async close(): Promise<void> {
    await this.#growing?.catch(() => undefined)
    try {
      await this.#file.truncate(this.#bytes)
    } finally {
      await this.#file.close()
    }
  }

  #grow(): Promise<void> {
    this.#growing ??= this.#addRoom().finally(() => {
      this.#growing = undefined
    })
    return this.#growing
  }

  async #addRoom(): Promise<void> {
    await writeAt(this.#file, ROOM, this.#roomEnd)
    await this.#file.sync()
    this.#roomEnd += ROOM.length
  }
}

/** A write may end before all is written, and the rest then says why. */
async function writeAt(file: FileHandle, bytes: Buffer, from: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, from + done)).bytesWritten
}

export interface NewestSegment extends SegmentContent {
  /** 0 where there is none. */
  readonly number: number
}

/** Throws StorageDamagedError; then everything is left as it is. */
export async function readNewest(folder: string): Promise<NewestSegment> {
  const number = Math.max(0, ...(await numbersIn(folder)))
  if (number === 0) return { number, records: [], tornBytes: 0 }
  const path = pathOf(folder, number)
  return { number, ...readSegment(path, number, await readFile(path)) }
}

/** What is left of them has no use once the next one has its name. */
export async function removeBefore(folder: string, number: number): Promise<void> {
  for (const one of await numbersIn(folder)) if (one < number) await rm(pathOf(folder, one))
}

async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => {
    const digits = NAME.exec(name)?.[1]
    return digits === undefined ? [] : [Number(digits)]
  })
}

function pathOf(folder: string, number: number): string {
  return join(folder, `votes-${String(number).padStart(10, '0')}.log`)
}
