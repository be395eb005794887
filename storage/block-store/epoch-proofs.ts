/**
 * The proof of each change of epoch. They come one after the other; where some are damaged, later ones stand behind a
 * hole, and those that the other validators give again for it are kept in files of their own:
 *
 *   epochs-*.log        0 1 2 . . . 6 7 8 ...
 *   late-epochs-*.log         3 4 5
 */
import type { EpochProof } from '../../protocols/consensus/light-client.ts'
import type { Aside } from './aside.ts'
import type { Entry } from './batch.ts'
import { epochIn, epochPlace } from './entries.ts'
import { HeightLog } from './height-log.ts'

/** "NPE" and "NPL" with the version of the form. */
const MAGIC = { epochs: 0x4e504501, 'late-epochs': 0x4e504c01 } as const

export class EpochProofs {
  readonly #log: HeightLog
  readonly #late: HeightLog
  /** Places of those that were damaged since they were written. */
  readonly #lost = new Set<number>()

  private constructor(log: HeightLog, late: HeightLog) {
    this.#log = log
    this.#late = late
  }

  static async open(folder: string, segmentBytes: number, aside: Aside): Promise<EpochProofs> {
    const logOf = (name: keyof typeof MAGIC) =>
      HeightLog.open({ folder, name, magic: MAGIC[name], segmentBytes, isGapless: false }, aside)
    return new EpochProofs(await logOf('epochs'), await logOf('late-epochs'))
  }

  get bytes(): number {
    return this.#log.bytes + this.#late.bytes
  }

  get tornBytes(): number {
    return this.#log.tornBytes + this.#late.tornBytes
  }

  /** What is here is left as it is. */
  async put(entry: Entry): Promise<void> {
    const { first: place } = entry
    if (this.#has(place)) return
    if (place > this.#log.last) return await this.#log.append([entry])
    // A second hole, before what filled the first one: what is let go here is missing again, and comes again.
    if (place <= this.#late.last) await this.#late.clear()
    await this.#late.append([entry])
    this.#lost.delete(place)
  }

  /** Undefined where it is not here, or not as it was written. */
  async read(epoch: number): Promise<EpochProof | undefined> {
    const place = epochPlace(epoch)
    const entry = (await this.#log.read(place)) ?? (await this.#late.read(place))
    if (entry !== undefined) return epochIn(entry)
    if (this.#has(place)) this.#lost.add(place)
    return undefined
  }

  /** The first epoch before this one whose proof is not here. */
  firstMissing(before: number): number | undefined {
    for (let epoch = 0; epoch < before; epoch++) if (!this.#has(epochPlace(epoch))) return epoch
    return undefined
  }

  async close(): Promise<void> {
    await this.#log.close()
    await this.#late.close()
  }

  #has(place: number): boolean {
    return !this.#lost.has(place) && (this.#log.begins(place) || this.#late.begins(place))
  }
}
