/** What a validator said and knew before a crash, epoch by epoch. */
import type { VoteRecord } from '../events.ts'
import type { Vote } from '../types.ts'

export class Recollection {
  #records: readonly VoteRecord[]
  /** Votes before it were forgotten when their blocks were stored. */
  readonly #oldestVote: Pick<Vote, 'epoch' | 'view'> | undefined

  constructor(records: readonly VoteRecord[]) {
    this.#records = records
    this.#oldestVote = oldestVoteOf(records)
  }

  /** Records of this epoch and later ones: the blocks that are replayed may end before votes that are durable. */
  from(epoch: number): readonly VoteRecord[] {
    this.#records = this.#records.filter((record) => epochOf(record) >= epoch)
    return this.#records
  }

  /**
   * The first view of the epoch of which it is known what was voted. Where the stored blocks were lost, a validator
   * passes through views whose votes it has forgotten: it could contradict them, and so is silent there until others
   * have brought it beyond.
   */
  firstView(epoch: number): number {
    if (this.#oldestVote === undefined || this.#oldestVote.epoch < epoch) return 0
    return this.#oldestVote.epoch > epoch ? Number.POSITIVE_INFINITY : this.#oldestVote.view
  }
}

function epochOf(record: VoteRecord): number {
  switch (record.kind) {
    case 'vote':
      return record.vote.epoch
    case 'certificate':
      return record.certificate.epoch
    case 'block':
      return record.block.header.epoch
  }
}

function oldestVoteOf(records: readonly VoteRecord[]): Vote | undefined {
  let oldest: Vote | undefined
  for (const record of records) {
    if (record.kind !== 'vote') continue
    const { epoch, view } = record.vote
    if (oldest === undefined || epoch < oldest.epoch || (epoch === oldest.epoch && view < oldest.view))
      oldest = record.vote
  }
  return oldest
}
