/**
 * The operations that wait, by sender, and which of them has to go when there is no room for one more.
 *
 * It is the newest of the sender that holds most: that one is furthest from being applied, and a sender
 * that floods the buffer loses its own operations and not those of others.
 */
import { MaxHeap } from './max-heap.ts'
import type { CausalOperation } from './operation.ts'
import type { Waiter } from './wait-index.ts'

export interface Waiting<O extends CausalOperation> extends Waiter {
  readonly operation: O
}

interface Sender<O extends CausalOperation> {
  weight: number
  /** The numbers of those that wait, and some that no longer do; made when one has to go for the first time. */
  newest: MaxHeap | undefined
  readonly waiting: Map<number, Waiting<O>>
}

export class WaitingBuffer<O extends CausalOperation> {
  readonly #max: number
  readonly #senders = new Map<string, Sender<O>>()
  #weight = 0
  #size = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Operations that wait. */
  get size(): number {
    return this.#size
  }

  has(node: string, counter: number): boolean {
    return this.#senders.get(node)?.waiting.has(counter) ?? false
  }

  /** What has to go before `incoming` can wait too, which may be `incoming` itself; undefined where there is room. */
  victim(incoming: Waiting<O>): Waiting<O> | undefined {
    const weight = weightOf(incoming)
    if (this.#weight + weight <= this.#max) return undefined
    const { node } = incoming.operation.id
    const own = this.#senders.get(node)
    let most = own
    let mostWeight = (own?.weight ?? 0) + weight
    for (const sender of this.#senders.values())
      if (sender !== own && sender.weight > mostWeight) [most, mostWeight] = [sender, sender.weight]
    const held = most && newestOf(most)
    const isNewest =
      most === own && (held === undefined || held.operation.id.counter < incoming.operation.id.counter)
    return isNewest ? incoming : held
  }

  add(waiting: Waiting<O>): void {
    const { node, counter } = waiting.operation.id
    let sender = this.#senders.get(node)
    if (sender === undefined)
      this.#senders.set(node, (sender = { weight: 0, newest: undefined, waiting: new Map() }))
    sender.waiting.set(counter, waiting)
    sender.weight += weightOf(waiting)
    sender.newest?.push(counter)
    this.#weight += weightOf(waiting)
    this.#size++
  }

  delete(waiting: Waiting<O>): void {
    const { node, counter } = waiting.operation.id
    const sender = this.#senders.get(node)!
    sender.waiting.delete(counter)
    sender.weight -= weightOf(waiting)
    this.#weight -= weightOf(waiting)
    this.#size--
    // A heap of which most no longer waits would grow for as long as nothing has to go.
    if (sender.newest !== undefined && sender.newest.size > 64 + sender.waiting.size * 2)
      sender.newest = undefined
    if (sender.waiting.size === 0) this.#senders.delete(node)
  }
}

/** An operation counts one, and each dependency that it names one more: both take memory. */
function weightOf({ operation }: Waiting<CausalOperation>): number {
  return 1 + operation.dependencies.length
}

/** Found without a search, since a sender that floods brings one after the other for which one has to go. */
function newestOf<O extends CausalOperation>(sender: Sender<O>): Waiting<O> | undefined {
  const { waiting } = sender
  const newest = (sender.newest ??= new MaxHeap(waiting.keys()))
  while (newest.top !== undefined && !waiting.has(newest.top)) newest.pop()
  return newest.top === undefined ? undefined : waiting.get(newest.top)
}
