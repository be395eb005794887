/**
 * Reads a stream: the iterator that `ref.stream.x()` gives. Nothing is sent before the first item is
 * wanted; then one batch is on its way while the reader works on the one before.
 */
import { NeuroplexError } from '../../protocols/errors.ts'
import type { Handler } from '../actor/actor-type.ts'
import { CANCEL, PULL } from '../actor/internal-handlers.ts'
import type { Target } from '../actor/ref.ts'
import type { Delivery } from './delivery.ts'
import { gone } from './failures.ts'
import type { Batch } from './stream-sources.ts'

export function openStream(
  delivery: Delivery,
  target: Target,
  handler: Handler,
  args: unknown[],
  timeoutMs: number | undefined,
): AsyncIterableIterator<unknown> {
  return new StreamReader(delivery, target, handler, args, timeoutMs)
}

class StreamReader implements AsyncIterableIterator<unknown> {
  readonly #delivery: Delivery
  readonly #target: Target
  readonly #method: string
  readonly #itemMs: number
  readonly #open: () => Promise<number>
  #id: Promise<number> | undefined
  #items: unknown[] = []
  #at = 0
  #coming: Promise<Batch> | undefined
  #ended = false
  /** Settles when the item that was asked for last has come. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(
    delivery: Delivery,
    target: Target,
    handler: Handler,
    args: unknown[],
    timeoutMs: number | undefined,
  ) {
    this.#delivery = delivery
    this.#target = target
    this.#method = handler.name
    this.#itemMs = timeoutMs ?? Number.POSITIVE_INFINITY
    const openMs = timeoutMs ?? delivery.host.limits.askTimeoutMs
    this.#open = () => delivery.call('stream', target, handler, args, openMs) as Promise<number>
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Items that are asked for at once come one after the other. */
  next(): Promise<IteratorResult<unknown>> {
    const item = this.#last.then(() => this.#take())
    this.#last = item.catch(() => undefined)
    return item
  }

  async #take(): Promise<IteratorResult<unknown>> {
    while (this.#at >= this.#items.length) {
      if (this.#ended) return { done: true, value: undefined }
      await this.#refill()
    }
    return { done: false, value: this.#items[this.#at++] }
  }

  async return(): Promise<IteratorResult<unknown>> {
    const wasOpen = !this.#ended
    this.#ended = true
    this.#items = []
    if (wasOpen) await this.#cancel()
    return { done: true, value: undefined }
  }

  /** Ends the generator, where it has been begun. */
  async #cancel(): Promise<void> {
    const id = await this.#id?.catch(() => undefined)
    if (id !== undefined) this.#delivery.tell(this.#target, CANCEL, 1, id)
  }

  /** The requests for more are nobody's concern: an error names the handler that is read. */
  #inOwnName(error: unknown): unknown {
    if (!(error instanceof NeuroplexError) || error.method !== PULL.name) return error
    error.message = error.message.replaceAll(PULL.name, this.#method)
    return Object.assign(error, { method: this.#method })
  }

  async #refill(): Promise<void> {
    try {
      this.#id ??= this.#open()
      const id = await this.#id
      const batch = await (this.#coming ?? this.#pull(id))
      if (batch.closed === true) throw gone(this.#target.path, this.#method, true)
      this.#items = batch.items
      this.#at = 0
      this.#ended = batch.done
      this.#coming = batch.done ? undefined : this.#pull(id)
    } catch (error) {
      this.#ended = true
      void this.#cancel()
      throw this.#inOwnName(error)
    }
  }

  #pull(id: number): Promise<Batch> {
    const batch = this.#delivery.call('ask', this.#target, PULL, [id], this.#itemMs) as Promise<Batch>
    // A batch that was asked for ahead may fail when nobody waits for it yet; the next read reports it.
    batch.catch(() => undefined)
    return batch
  }
}
