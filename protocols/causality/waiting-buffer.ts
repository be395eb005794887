/**
 * The operations that wait, by sender, and which of them has to go when there is no room for one more.
 *
 * It is the newest of the sender that holds most: that one is furthest from being applied, and a sender
 * that floods the buffer loses its own operations and not those of others.
 */
import type { CausalOperation } from './operation.ts'
import type { Waiter } from './wait-index.ts'

export interface Waiting<O extends CausalOperation> extends Waiter {
  readonly operation: O
}

interface Sender<O extends CausalOperation> {
  weight: number
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
    return newest(most?.waiting.values() ?? [], most === own ? incoming : undefined)
  }

  add(waiting: Waiting<O>): void {
    const { node, counter } = waiting.operation.id
    let sender = this.#senders.get(node)
    if (sender === undefined) this.#senders.set(node, (sender = { weight: 0, waiting: new Map() }))
    sender.waiting.set(counter, waiting)
    sender.weight += weightOf(waiting)
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
    if (sender.waiting.size === 0) this.#senders.delete(node)
  }

  *[Symbol.iterator](): IterableIterator<Waiting<O>> {
    for (const { waiting } of this.#senders.values()) yield* waiting.values()
  }
}

/** An operation counts one, and each dependency that it names one more: both take memory. */
function weightOf({ operation }: Waiting<CausalOperation>): number {
  return 1 + operation.dependencies.length
}

function newest<O extends CausalOperation>(
  held: Iterable<Waiting<O>>,
  incoming: Waiting<O> | undefined,
): Waiting<O> | undefined {
  let found = incoming
  for (const waiting of held)
    if (found === undefined || waiting.operation.id.counter > found.operation.id.counter) found = waiting
  return found
}
