/**
 * One file of the log. It begins with all that is kept of the one before, and takes its name only when that is
 * durable; so the newest file is the log, and older ones are left over from a crash.
 */
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { synchronise } from '../data-folder.ts'
import { encodeBatch, type LogRecord, readSegment, type SegmentContent } from './batch.ts'

const NAME = /^votes-(\d{10})\.log$/

export class Segment {
  readonly number: number
  readonly path: string
  readonly #file: FileHandle
  #batches = 1
  #bytes: number

  private constructor(number: number, path: string, file: FileHandle, bytes: number) {
    this.number = number
    this.path = path
    this.#file = file
    this.#bytes = bytes
  }

  static async create(folder: string, number: number, kept: readonly LogRecord[]): Promise<Segment> {
    const path = pathOf(folder, number)
    const first = encodeBatch(number, 0, kept)
    const file = await open(`${path}.new`, 'w', 0o600)
    try {
      await file.writeFile(first)
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
    await this.#file.writeFile(batch)
    await this.#file.datasync()
    this.#batches += 1
    this.#bytes += batch.length
  }

  close(): Promise<void> {
    return this.#file.close()
  }
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
