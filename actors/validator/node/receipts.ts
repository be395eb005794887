/** Who waits for what becomes of an envelope: told when the block that holds it is final, with the proof of that. */
import { sameEnvelope } from '../../../protocols/consensus/pool/same-envelope.ts'
import type { Outcome } from '../../../protocols/consensus/state/machine.ts'
import type { Block, Envelope, FinalityProof } from '../../../protocols/consensus/types.ts'

/** Where the transactions of an envelope are, and what became of them. */
export interface Receipt {
  readonly height: number
  /** Of the first of them among all transactions of the block. */
  readonly index: number
  readonly outcomes: readonly Outcome[]
  readonly finality: FinalityProof
}

/** Undefined where the sequence number was used by another envelope. */
export type ReceiptListener = (receipt: Receipt | undefined) => void

interface Waiting {
  readonly envelope: Envelope
  readonly listener: ReceiptListener
}

interface Executed {
  readonly waiting: readonly Waiting[]
  readonly envelope: Envelope
  readonly height: number
  readonly index: number
  readonly outcomes: readonly Outcome[]
}

export class Receipts {
  readonly #waiting = new Map<string, Waiting[]>()
  #outcomes: Outcome[] = []
  #executed: Executed[] = []

  get size(): number {
    return this.#waiting.size
  }

  /** @returns a function that ends the waiting */
  wait(envelope: Envelope, listener: ReceiptListener): () => void {
    const key = keyOf(envelope)
    const waiting = { envelope, listener }
    const all = this.#waiting.get(key)
    if (all === undefined) this.#waiting.set(key, [waiting])
    else all.push(waiting)
    return () => this.#end(key, waiting)
  }

  /** What became of the next transaction of the block that is being executed. */
  outcome(outcome: Outcome): void {
    if (this.#waiting.size > 0) this.#outcomes.push(outcome)
  }

  /** The block has been executed. */
  applied({ header, envelopes }: Block): void {
    if (this.#waiting.size === 0) return
    let index = 0
    for (const envelope of envelopes) {
      const count = envelope.transactions.length
      const key = keyOf(envelope)
      const waiting = this.#waiting.get(key)
      if (waiting !== undefined) {
        this.#waiting.delete(key)
        const outcomes = this.#outcomes.slice(index, index + count)
        this.#executed.push({ waiting, envelope, height: header.height, index, outcomes })
      }
      index += count
    }
    this.#outcomes = []
  }

  /** The blocks that were executed are final by this. */
  final(finalityAt: (height: number) => FinalityProof): void {
    const executed = this.#executed
    this.#executed = []
    for (const { waiting, envelope, height, index, outcomes } of executed) {
      const receipt = { height, index, outcomes, finality: finalityAt(height) }
      for (const { envelope: awaited, listener } of waiting)
        listener(sameEnvelope(awaited, envelope) ? receipt : undefined)
    }
  }

  #end(key: string, waiting: Waiting): void {
    const left = this.#waiting.get(key)?.filter((one) => one !== waiting)
    if (left === undefined) return
    if (left.length > 0) this.#waiting.set(key, left)
    else this.#waiting.delete(key)
  }
}

/** Names the place of an envelope, which only one can have. */
export function keyOf({ sender, sequence }: Pick<Envelope, 'sender' | 'sequence'>): string {
  return `${sequence} ${sender}`
}
