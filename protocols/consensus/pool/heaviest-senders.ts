/**
 * Who has to make room when the pool is full: a sender that holds most, where a byte of priority 0 counts as much as
 * eight of priority 7. Senders stand in classes by the power of two of what they hold, so one of the heaviest is found
 * without a search, however many there are.
 */
import type { SenderQueue } from './sender-queue.ts'

/** The class of a sender that holds so many bytes, the newest of them of this priority. */
export function loadClass(bytes: number, priority: number): number {
  return Math.floor(Math.log2(1 + bytes / (1 + priority)))
}

export class HeaviestSenders {
  readonly #classes: Set<SenderQueue>[] = []

  /** After what it holds has changed. */
  update(queue: SenderQueue): void {
    const load = queue.last === undefined ? -1 : loadClass(queue.bytes, queue.last.envelope.priority)
    if (load === queue.load) return
    this.#classes[queue.load]?.delete(queue)
    queue.load = load
    if (load < 0) return
    while (this.#classes.length <= load) this.#classes.push(new Set())
    this.#classes[load]!.add(queue)
  }

  /** undefined where nobody holds anything. */
  heaviest(): SenderQueue | undefined {
    for (let load = this.#classes.length - 1; load >= 0; load--)
      for (const queue of this.#classes[load]!) return queue
    return undefined
  }
}
