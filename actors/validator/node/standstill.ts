/**
 * Why a validator says nothing although it runs. One that has lost its blocks but not its votes is silent in all views
 * whose votes it has forgotten, because it could contradict them, until the others have brought it beyond. Where all
 * have lost their blocks nobody does, and the chain stands still for good: it is for people to put back the blocks.
 */
import type { VoteRecord } from '../../../protocols/consensus/events.ts'
import type { Genesis } from '../../../protocols/consensus/genesis.ts'
import type { Vote } from '../../../protocols/consensus/types.ts'

/** The others have so many times `finality_time` to bring it further before it is told. */
const PERIODS = 3

/** Where a validator is: the epoch and the view in which it could vote, and the height that is final there. */
export interface Progress {
  readonly epoch: number
  readonly view: number
  readonly height: number
}

export class Standstill {
  /** The oldest vote that is remembered. */
  readonly #oldest: Vote | undefined
  readonly #patienceMs: number
  #height = -1
  #dueMs = Number.POSITIVE_INFINITY
  #problem: string | undefined

  constructor(records: readonly VoteRecord[], { finality_time }: Pick<Genesis, 'finality_time'>) {
    this.#oldest = oldestVote(records)
    this.#patienceMs = PERIODS * finality_time
  }

  /** When `look` has something to tell, unless it goes on; Infinity where nothing is amiss. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** A sentence that tells what to do; undefined where nothing is amiss, or may be well in a moment. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** True where there is a problem that there was not before. */
  look({ epoch, view, height }: Progress, nowMs: number): boolean {
    const oldest = this.#oldest
    if (oldest === undefined || !isBefore({ epoch, view }, oldest)) {
      this.#dueMs = Number.POSITIVE_INFINITY
      this.#problem = undefined
    } else if (height !== this.#height) {
      this.#height = height
      this.#dueMs = nowMs + this.#patienceMs
      this.#problem = undefined
    } else if (nowMs >= this.#dueMs) {
      this.#dueMs = Number.POSITIVE_INFINITY
      this.#problem = sentence(height, oldest)
      return true
    }
    return false
  }
}

function sentence(height: number, { epoch, view }: Vote): string {
  return (
    `this validator has lost its blocks beyond height ${height} and is silent before epoch ${epoch}, view ${view}, because ` +
    'it could contradict what it said there; no other one has brought it further. Where all have lost their blocks, the ' +
    'chain stands still: stop the node and put back the folder `blocks` of one validator as it was when the node ended, ' +
    'from which the others get theirs, or begin another chain in a new data folder'
  )
}

function oldestVote(records: readonly VoteRecord[]): Vote | undefined {
  let oldest: Vote | undefined
  for (const record of records)
    if (record.kind === 'vote' && (oldest === undefined || isBefore(record.vote, oldest)))
      oldest = record.vote
  return oldest
}

function isBefore(a: Pick<Vote, 'epoch' | 'view'>, b: Pick<Vote, 'epoch' | 'view'>): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.view < b.view)
}
