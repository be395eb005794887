/** Brings votes into the vote log before they are sent, and lets go of those of views that are final and stored. */
import { encodeRecord } from '../../../protocols/consensus/codec/record.ts'
import type { VoteRecord } from '../../../protocols/consensus/events.ts'
import type { Block, Certificate } from '../../../protocols/consensus/types.ts'
import type { Journal } from './ports.ts'

/** An epoch's views come after all of the epoch before, in the one number that the vote log knows. */
const VIEWS_OF_AN_EPOCH = 2 ** 32

/**
 * Of blocks, which are large: validators on one thread that vote for the same one give the journal the same bytes, in
 * memory that threads share, so that nothing is copied on the way.
 */
const blocks = new WeakMap<Block, Uint8Array>()

export class VoteKeeping {
  readonly #journal: Journal
  readonly #mustWait: () => boolean
  #newest: number
  #held: (() => void)[] = []

  /**
   * @param newest the view of the newest record that the journal has, by its own number
   * @param mustWait whether the blocks that are final take so long to be stored that no more should become so
   */
  constructor(journal: Journal, newest: number, mustWait: () => boolean) {
    this.#journal = journal
    this.#newest = newest
    this.#mustWait = mustWait
  }

  keep(token: number, records: readonly VoteRecord[]): void {
    if (this.#mustWait()) this.#held.push(() => this.#append(token, records))
    else this.#append(token, records)
  }

  /**
   * The block of this certificate is stored, with all before it. The newest vote is remembered all the same: should the
   * blocks be lost, it tells which views this validator may have voted in.
   */
  stored({ epoch, view }: Certificate): void {
    this.#journal.forget(Math.min(number(epoch, view), this.#newest))
    if (this.#mustWait()) return
    const held = this.#held
    this.#held = []
    for (const append of held) append()
  }

  /** What justifies a vote belongs to its view. */
  #append(token: number, records: readonly VoteRecord[]): void {
    const { vote } = records.findLast((record) => record.kind === 'vote')!
    const view = number(vote.epoch, vote.view)
    this.#newest = Math.max(this.#newest, view)
    this.#journal.append(
      token,
      records.map((record) => ({ view, bytes: bytesOf(record) })),
    )
  }
}

function bytesOf(record: VoteRecord): Uint8Array {
  if (record.kind !== 'block') return encodeRecord(record)
  let bytes = blocks.get(record.block)
  if (bytes === undefined) blocks.set(record.block, (bytes = shared(encodeRecord(record))))
  return bytes
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

function number(epoch: number, view: number): number {
  return epoch * VIEWS_OF_AN_EPOCH + view
}
