/** What waits of one sender, in the order of its sequence numbers, which may have gaps. */
import type { Envelope, PublicKey } from '../types.ts'

export interface Waiting {
  readonly envelope: Envelope
  readonly bytes: number
}

export class SenderQueue {
  readonly sender: PublicKey
  /** Neighbours in the rotation. */
  previous: SenderQueue = this
  next: SenderQueue = this
  /** Transactions that it may put into blocks before others have their turn. */
  credit = 0
  /** In which class of loads it stands; see HeaviestSenders. */
  load = -1
  bytes = 0
  /** Ascending by sequence. */
  readonly #waiting: Waiting[] = []

  constructor(sender: PublicKey) {
    this.sender = sender
  }

  get size(): number {
    return this.#waiting.length
  }

  get last(): Waiting | undefined {
    return this.#waiting.at(-1)
  }

  get(sequence: number): Waiting | undefined {
    const found = this.#waiting[this.#indexOf(sequence)]
    return found?.envelope.sequence === sequence ? found : undefined
  }

  /** Its sequence number must not wait already. */
  add(waiting: Waiting): void {
    this.#waiting.splice(this.#indexOf(waiting.envelope.sequence), 0, waiting)
    this.bytes += waiting.bytes
  }

  removeLast(): Waiting {
    const waiting = this.#waiting.pop()!
    this.bytes -= waiting.bytes
    return waiting
  }

  /** Removes what has a sequence number up to this one. */
  removeThrough(sequence: number): Waiting[] {
    const removed = this.#waiting.splice(0, this.#indexOf(sequence + 1))
    for (const { bytes } of removed) this.bytes -= bytes
    return removed
  }

  /** Of the first that has this sequence number or a higher one. */
  #indexOf(sequence: number): number {
    let to = this.#waiting.length
    // New ones come at the end, most of the time.
    if (to > 0 && this.#waiting[to - 1]!.envelope.sequence < sequence) return to
    let from = 0
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.#waiting[middle]!.envelope.sequence < sequence) from = middle + 1
      else to = middle
    }
    return from
  }
}
