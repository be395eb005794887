/**
 * Whose turn it is: all senders in a ring, and deficit round robin over it. At each visit a sender gets credit by the
 * priority of what it has next, and may put as many transactions into the block. What does not fit keeps its credit,
 * and the next block begins with it. So each sender gets its share of every round, whatever the others send.
 */
import type { Envelope } from '../types.ts'
import type { SenderQueue, Waiting } from './sender-queue.ts'

/** Transactions of priority 0 in one visit; 16 at a time keep the rounds few. */
const QUANTUM = 16

/** What is left in a block that is being filled. */
export interface Room {
  bytes: number
  transactions: number
  /** Transactions that an envelope may have to come first, or the cap on a block could shut out one for good. */
  alone: number
}

export interface Selection {
  /** What the sender has next for this block; undefined for nothing, as after `take` has refused. */
  next(queue: SenderQueue): Waiting | undefined
  /** Puts it into the block; false where it can't be there after all. */
  take(envelope: Envelope, queue: SenderQueue): boolean
}

export class Rotation {
  #current: SenderQueue | undefined
  #size = 0

  /** Before the one whose turn it is, which is last in the round. */
  add(queue: SenderQueue): void {
    this.#size++
    const current = this.#current
    if (current === undefined) {
      this.#current = queue
      return
    }
    queue.next = current
    queue.previous = current.previous
    current.previous.next = queue
    current.previous = queue
  }

  remove(queue: SenderQueue): void {
    this.#size--
    if (this.#current === queue) this.#current = queue.next === queue ? undefined : queue.next
    queue.previous.next = queue.next
    queue.next.previous = queue.previous
    queue.previous = queue.next = queue
  }

  /** Whether any sender has something. */
  some(has: (queue: SenderQueue) => boolean): boolean {
    let queue = this.#current
    for (let i = 0; i < this.#size; i++, queue = queue!.next) if (has(queue!)) return true
    return false
  }

  fill(room: Room, selection: Selection): void {
    let queue = this.#current
    if (queue === undefined) return
    /** The first that had something for which there was no room. */
    let waiting: SenderQueue | undefined
    let idle = 0
    while (idle < this.#size && room.transactions > 0) {
      const visit = this.#visit(queue, room, selection)
      if (visit === 'no-room') waiting ??= queue
      idle = visit === 'busy' ? 0 : idle + 1
      queue = queue.next
    }
    this.#current = waiting ?? queue
  }

  #visit(queue: SenderQueue, room: Room, selection: Selection): 'idle' | 'busy' | 'no-room' {
    let next = selection.next(queue)
    if (next === undefined) return 'idle'
    // Who was stopped by a full block goes on with the credit that is left, and gets more only when it is used up.
    if (queue.credit < next.envelope.transactions.length)
      queue.credit += QUANTUM * (1 + next.envelope.priority)
    if (!fits(next, room)) return 'no-room'
    while (next !== undefined && queue.credit >= next.envelope.transactions.length) {
      if (!fits(next, room)) return 'no-room'
      if (!selection.take(next.envelope, queue)) break
      queue.credit -= next.envelope.transactions.length
      room.bytes -= next.bytes
      room.transactions -= next.envelope.transactions.length
      room.alone = 0
      next = selection.next(queue)
    }
    // Who has nothing more does not save up for later.
    if (next === undefined) queue.credit = 0
    return 'busy'
  }
}

function fits({ envelope, bytes }: Waiting, room: Room): boolean {
  return bytes <= room.bytes && envelope.transactions.length <= Math.max(room.transactions, room.alone)
}
