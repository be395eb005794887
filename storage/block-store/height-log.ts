/**
 * Entries about heights in ascending order, in files of which the oldest are deleted as wholes. What follows on
 * damage is set aside when the log is opened: the entries in it are as they were written, up to some height.
 */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Aside, truncateTo } from './aside.ts'
import type { Entry } from './batch.ts'
import { Segment } from './segment.ts'

export interface HeightLogOptions {
  readonly folder: string
  /** Of its files: `<name>-<number>.log`. */
  readonly name: string
  /** What its batches begin with. */
  readonly magic: number
  /** Bytes at which a new file begins. */
  readonly segmentBytes: number
  /** Whether each entry begins with the height after the last one's. */
  readonly isGapless: boolean
}

export class HeightLog {
  readonly #options: HeightLogOptions
  readonly #segments: Segment[] = []
  #tornBytes = 0
  #nextNumber = 1

  private constructor(options: HeightLogOptions) {
    this.#options = options
  }

  static async open(options: HeightLogOptions, aside: Aside): Promise<HeightLog> {
    const log = new HeightLog(options)
    const numbers = await log.#numbers()
    for (const [i, number] of numbers.entries()) {
      log.#nextNumber = number + 1
      if (await log.#recover(number, aside)) continue
      for (const later of numbers.slice(i + 1))
        await aside.move(log.#pathOf(later), 'follows on what is damaged')
      break
    }
    await log.#segments.at(-1)?.reopen()
    return log
  }

  /** Bytes of a batch at its end that was never acknowledged; they were cut off when it was opened. */
  get tornBytes(): number {
    return this.#tornBytes
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0
  }

  /** The first height; 0 where there is none. */
  get first(): number {
    return this.#segments[0]?.first ?? 0
  }

  /** The last height; 0 where there is none. */
  get last(): number {
    return this.#segments.at(-1)?.last ?? 0
  }

  /** One batch, in ascending order and beyond the last height. After it has rejected, nothing may be appended any more. */
  async append(entries: readonly Entry[]): Promise<void> {
    const active = this.#segments.at(-1)
    if (active !== undefined && active.bytes < this.#options.segmentBytes) return await active.append(entries)
    this.#segments.push(await Segment.create(this.#name(this.#nextNumber), entries))
    this.#nextNumber += 1
    await active?.close()
  }

  /** The entry about this height; undefined where there is none, or none any more. */
  async read(height: number): Promise<Entry | undefined> {
    const segment = this.#segments.findLast(({ first }) => first <= height)
    const entry = await segment?.read(height)
    return entry !== undefined && height < entry.first + entry.count ? entry : undefined
  }

  /** Whether there is an entry that begins with this height. */
  begins(height: number): boolean {
    return this.#segments.findLast(({ first }) => first <= height)?.begins(height) === true
  }

  /** The last height in the oldest file, Infinity where that is also the newest and so has to stay. */
  get oldestLast(): number {
    return this.#segments.length > 1 ? this.#segments[0]!.last : Number.POSITIVE_INFINITY
  }

  async removeOldest(): Promise<void> {
    await this.#segments.shift()!.remove()
  }

  async clear(): Promise<void> {
    while (this.#segments.length > 0) await this.removeOldest()
  }

  async setAside(aside: Aside, problem: string): Promise<void> {
    for (const segment of this.#segments.splice(0)) {
      await segment.close()
      await aside.move(segment.path, problem)
    }
  }

  async close(): Promise<void> {
    await this.#segments.at(-1)?.close()
  }

  /** False where what comes after it can't be used. */
  async #recover(number: number, aside: Aside): Promise<boolean> {
    const path = this.#pathOf(number)
    const before = this.#segments.at(-1)
    if (before !== undefined && number !== before.number + 1) {
      await aside.move(path, 'follows on a file that is missing')
      return false
    }
    const { segment, tornBytes, isDamaged } = await Segment.check(
      this.#name(number),
      this.last,
      (first, last) => this.#follows(first, last),
    )
    const problem = `is damaged at byte ${segment.bytes}`
    if (segment.isEmpty) {
      await aside.move(path, problem)
      return false
    }
    this.#segments.push(segment)
    if (isDamaged) await aside.cut(path, segment.bytes, problem)
    if (tornBytes > 0) await truncateTo(path, segment.bytes)
    this.#tornBytes += tornBytes
    return !isDamaged
  }

  #follows(first: number, last: number): boolean {
    if (!this.#options.isGapless) return first > last
    return first === last + 1 || (last === 0 && this.isEmpty)
  }

  #name(number: number) {
    return { path: this.#pathOf(number), magic: this.#options.magic, number }
  }

  #pathOf(number: number): string {
    return join(this.#options.folder, `${this.#options.name}-${String(number).padStart(10, '0')}.log`)
  }

  async #numbers(): Promise<number[]> {
    const { folder, name } = this.#options
    const pattern = new RegExp(`^${name}-(\\d{10})\\.log(\\.new)?$`)
    const numbers: number[] = []
    for (const file of await readdir(folder)) {
      const found = pattern.exec(file)
      if (found?.[2] !== undefined) await rm(join(folder, file))
      else if (found) numbers.push(Number(found[1]))
    }
    return numbers.sort((a, b) => a - b)
  }
}
