/**
 * How the keeper stores one document: new changes as incremental chunks, and these, once there are many,
 * together as a snapshot.
 *
 *   add ─► waiting ─► write (one at a time; what comes meanwhile goes together) ─► stored
 *                        └─► many incrementals? snapshot in, incrementals out, in one write
 */
import type { Change } from '../../../protocols/replication/document.ts'
import type { Chunk, ChunkKey, ChunkStore } from '../../../storage/chunk-store.ts'

export interface ShelfOptions {
  readonly document: string
  readonly store: ChunkStore
  /** Chunks that are there already, a snapshot among them or not. */
  readonly keys: readonly ChunkKey[]
  /** Incremental chunks before they become a snapshot. */
  readonly incrementalChunks: number
  /** All of the document, verified, and the name of that. */
  snapshot(): { readonly id: string; readonly bytes: Uint8Array }
  stored(hashes: readonly string[]): void
  failed(error: unknown, retryMs: number): void
  after(ms: number, run: () => void): () => void
}

const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 30_000

export class Shelf {
  readonly #options: ShelfOptions
  /** What is in the store. */
  #keys: ChunkKey[]
  #waiting: Change[] = []
  readonly #unstored = new Set<string>()
  #writing: Promise<void> | null = null
  #retryMs = FIRST_RETRY_MS
  #cancelRetry: () => void = () => undefined

  constructor(options: ShelfOptions) {
    this.#options = options
    this.#keys = [...options.keys]
  }

  /** False for a change that is part of the document and not yet in the store. */
  isStored(hash: string): boolean {
    return !this.#unstored.has(hash)
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#waiting.push(change)
      this.#unstored.add(change.hash)
    }
    this.#write()
  }

  /** Resolves when all that was added is stored, or could not be. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing
  }

  /** Puts all chunks together, so that the next load is quick. */
  async compact(): Promise<void> {
    await this.flush()
    if (this.#keys.length <= 1 && this.#keys[0]?.kind === 'snapshot') return
    this.#writing = this.#put([])
    await this.flush()
  }

  /**
   * Stores these bytes in the place of all there is, as a new epoch that has all of it in it; others are written and
   * removed together with it.
   */
  async replace(
    id: string,
    bytes: Uint8Array,
    beside: { readonly chunks: readonly Chunk[]; readonly remove: readonly ChunkKey[] },
  ): Promise<void> {
    await this.flush()
    const { document, store } = this.#options
    const key: ChunkKey = { document, kind: 'snapshot', id }
    await store.write([{ ...key, bytes }, ...beside.chunks], [...this.#keys, ...beside.remove])
    this.#keys = [key]
    this.#done(this.#waiting.splice(0))
  }

  close(): void {
    this.#cancelRetry()
  }

  #write(): void {
    if (this.#writing !== null || this.#waiting.length === 0) return
    const changes = this.#waiting
    this.#waiting = []
    this.#writing = this.#put(changes)
  }

  async #put(changes: readonly Change[]): Promise<void> {
    const { document, store, incrementalChunks } = this.#options
    const incrementals = this.#keys.filter(({ kind }) => kind === 'incremental').length
    try {
      if (changes.length === 0 || incrementals >= incrementalChunks || this.#keys.length === 0) {
        const { id, bytes } = this.#options.snapshot()
        const key: ChunkKey = { document, kind: 'snapshot', id }
        await store.write([{ ...key, bytes }], this.#keys)
        this.#keys = [key]
      } else {
        const key: ChunkKey = { document, kind: 'incremental', id: (changes.at(-1) as Change).hash }
        await store.write([{ ...key, bytes: joined(changes) }])
        this.#keys.push(key)
      }
      this.#done(changes)
    } catch (error) {
      this.#again(changes, error)
    }
  }

  #done(changes: readonly Change[]): void {
    this.#retryMs = FIRST_RETRY_MS
    this.#writing = null
    for (const { hash } of changes) this.#unstored.delete(hash)
    if (changes.length > 0) this.#options.stored(changes.map(({ hash }) => hash))
    this.#write()
  }

  /** Nothing is lost by a write that failed: the changes wait, before those that came after them. */
  #again(changes: readonly Change[], error: unknown): void {
    this.#waiting = [...changes, ...this.#waiting]
    this.#writing = null
    this.#options.failed(error, this.#retryMs)
    this.#cancelRetry = this.#options.after(this.#retryMs, () => this.#write())
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
  }
}

function joined(changes: readonly Change[]): Uint8Array {
  return Buffer.concat(changes.map(({ bytes }) => bytes))
}
