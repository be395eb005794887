/**
 * The streams that are being read from one actor: iterators of its generators, pulled in batches.
 */
import { ActorGoneError } from '../../protocols/errors.ts'
import type { Envelope } from '../mailbox/envelope.ts'
import type { Host } from '../threads/host.ts'

type Source = Iterator<unknown> | AsyncIterator<unknown>

export interface Batch {
  items: unknown[]
  done: boolean
  /** Whether the actor ended the stream, and not its generator. */
  closed?: boolean
}

const CLOSED: Batch = { items: [], done: true, closed: true }

interface Entry {
  source: Source
  /** The thread of the reader; with it the stream ends. */
  thread: number
  /** Ends the stream when nobody pulls any more. */
  cancelIdle: () => void
  /** Ends a pull that waits for an item. */
  readonly closed: PromiseWithResolvers<Batch>
}

export class StreamSources {
  readonly #host: Host
  readonly #path: () => string
  readonly #entries = new Map<number, Entry>()
  #lastId = 0

  constructor(host: Host, path: () => string) {
    this.#host = host
    this.#path = path
  }

  /** Takes up an iterator; returns the number by which its reader pulls. */
  open(source: Source, from: Envelope['from']): number {
    const { openStreams } = this.#host.limits
    if (this.#entries.size >= openStreams)
      throw new ActorGoneError(
        `${this.#path()} has ${openStreams} streams open already (limits.openStreams); close some`,
      )
    const id = ++this.#lastId
    const thread = from?.thread ?? this.#host.thread
    this.#entries.set(id, { source, thread, cancelIdle: this.#idle(id), closed: Promise.withResolvers() })
    return id
  }

  /** The next items: one that has to be awaited, or as many as there are at once up to a batch. */
  async pull(id: number): Promise<Batch> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return CLOSED
    entry.cancelIdle()
    try {
      const batch = await Promise.race([this.#next(entry.source), entry.closed.promise])
      if (batch.done) this.#entries.delete(id)
      else if (this.#entries.has(id)) entry.cancelIdle = this.#idle(id)
      return batch
    } catch (error) {
      this.#entries.delete(id)
      throw error
    }
  }

  async #next(source: Source): Promise<Batch> {
    const items: unknown[] = []
    for (let i = 0; i < this.#host.limits.streamBatch; i++) {
      const step = source.next()
      const awaited = step instanceof Promise
      const result = awaited ? await step : (step as IteratorResult<unknown>)
      if (result.done === true) return { items, done: true }
      items.push(result.value)
      if (awaited) break
    }
    return { items, done: false }
  }

  cancel(id: number): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    entry.cancelIdle()
    entry.closed.resolve(CLOSED)
    // A generator that fails while it cleans up has nobody left to tell; its failure is logged.
    Promise.resolve()
      .then(() => entry.source.return?.())
      .catch((error) =>
        this.#host.log.warn({ actor: this.#path(), err: error }, 'a stream failed while it was closed'),
      )
  }

  closeAll(): void {
    for (const id of [...this.#entries.keys()]) this.cancel(id)
  }

  readerLost(thread: number): void {
    for (const [id, entry] of [...this.#entries]) if (entry.thread === thread) this.cancel(id)
  }

  #idle(id: number): () => void {
    return this.#host.clock.after(this.#host.limits.streamIdleMs, () => this.cancel(id))
  }
}
