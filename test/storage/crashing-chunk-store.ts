/**
 * A chunk store on a machine that loses its power at a step of the writing that is chosen before, for
 * tests of what builds upon chunk stores.
 *
 * The contract allows a write to have happened wholly, without its removals, or not at all when its
 * acknowledgement does not come; here each of these is a step. From the crash on every call rejects, and
 * what the inner store has is what is found after it.
 */
import type { Chunk, ChunkKey, ChunkStore, DocumentPage, LoadedDocument } from '../../storage/chunk-store.ts'

class CrashedError extends Error {}

class CrashingChunkStore implements ChunkStore {
  readonly #inner: ChunkStore
  #stepsLeft: number

  /** @param crashAt the step that does not happen any more; the first is 1 */
  constructor(inner: ChunkStore, crashAt: number) {
    this.#inner = inner
    this.#stepsLeft = crashAt
  }

  get crashed(): boolean {
    return this.#stepsLeft === 0
  }

  async load(document: string): Promise<LoadedDocument> {
    this.#check()
    return await this.#inner.load(document)
  }

  async write(chunks: readonly Chunk[], remove: readonly ChunkKey[] = []): Promise<void> {
    this.#step()
    await this.#inner.write(chunks)
    if (remove.length > 0) {
      this.#step()
      await this.#inner.write(chunks, remove)
    }
    this.#step()
  }

  async documents(page?: DocumentPage): Promise<string[]> {
    this.#check()
    return await this.#inner.documents(page)
  }

  async remove(document: string): Promise<void> {
    this.#step()
    await this.#inner.remove(document)
    this.#step()
  }

  /** The inner store stays open, to be looked at. */
  async close(): Promise<void> {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #step(): void {
    if (this.#stepsLeft > 0) this.#stepsLeft -= 1
    this.#check()
  }

  #check(): void {
    if (this.crashed) throw new CrashedError('the machine has lost its power')
  }
}

/**
 * Runs `scenario` once for each step at which it can crash, on an inner store that is new each time, and
 * then `examine` on what is left. Returns how many steps there were.
 *
 * @param scenario does not catch what its calls reject with
 */
export async function crashAtEveryStep<T>(
  open: () => ChunkStore | Promise<ChunkStore>,
  scenario: (store: ChunkStore, seen: T) => Promise<void>,
  examine: (left: ChunkStore, seen: T) => Promise<void>,
  newSeen: () => T,
): Promise<number> {
  for (let step = 1; ; step += 1) {
    await using inner = await open()
    const store = new CrashingChunkStore(inner, step)
    const seen = newSeen()
    try {
      await scenario(store, seen)
    } catch (error) {
      if (!(error instanceof CrashedError)) throw error
    }
    await examine(inner, seen)
    if (!store.crashed) return step - 1
  }
}
