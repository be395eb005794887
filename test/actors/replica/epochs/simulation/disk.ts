/** A disk that takes its time, and of which a crash leaves what was written by then. */
import type { Chunk, ChunkKey, ChunkStore, DocumentPage } from '../../../../../storage/chunk-store.ts'

export class Disk implements ChunkStore {
  readonly #inner: ChunkStore
  readonly #pause: () => Promise<void>
  #last: Promise<void> = Promise.resolve()
  #crashed = false

  /** @param pause resolves when a write takes effect */
  constructor(inner: ChunkStore, pause: () => Promise<void>) {
    this.#inner = inner
    this.#pause = pause
  }

  /** What was not written by now never is, and nobody hears of it. */
  crash(): void {
    this.#crashed = true
  }

  load(document: string) {
    return this.#inner.load(document)
  }

  async write(chunks: readonly Chunk[], remove?: readonly ChunkKey[]): Promise<void> {
    // One after the other, as they were called.
    this.#last = this.#last.then(this.#pause)
    await this.#last
    if (this.#crashed) return new Promise(() => undefined)
    await this.#inner.write(chunks, remove)
  }

  documents(page?: DocumentPage) {
    return this.#inner.documents(page)
  }

  remove(document: string) {
    return this.#inner.remove(document)
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}
