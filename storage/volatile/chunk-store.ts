/**
 * Chunks in the memory of the process, for tests and for documents that others keep. Nothing is durable.
 *
 * There are no checksums: the bytes never leave the memory that everything else is in as well.
 */
import { StorageClosedError, StorageFullError } from '../../protocols/errors.ts'
import { checkDocument, checkPage, documentFull, keyText, planWrite, type WritePlan } from '../chunk-check.ts'
import type { Chunk, ChunkKey, ChunkStore, DocumentPage, LoadedDocument } from '../chunk-store.ts'
import { completeStorageLimits, DEFAULT_STORAGE_LIMITS, type StorageLimits } from '../limits.ts'

/** A store in memory takes a part of it that a program can spare. */
const DEFAULT_LIMITS = { ...DEFAULT_STORAGE_LIMITS, storeBytes: 256 * 1024 * 1024 }

interface Document {
  readonly chunks: Map<string, Chunk>
  bytes: number
}

export class VolatileChunkStore implements ChunkStore {
  readonly #limits: StorageLimits
  readonly #documents = new Map<string, Document>()
  #bytes = 0
  #closed = false

  constructor(limits: Partial<StorageLimits> = {}) {
    this.#limits = completeStorageLimits(limits, DEFAULT_LIMITS)
  }

  async load(document: string): Promise<LoadedDocument> {
    this.#check(document)
    const chunks = [...(this.#documents.get(document)?.chunks.values() ?? [])].map(copy)
    const ordered = (['snapshot', 'incremental'] as const).flatMap((kind) =>
      chunks.filter((chunk) => chunk.kind === kind),
    )
    return { chunks: ordered, damaged: [] }
  }

  async write(chunks: readonly Chunk[], remove: readonly ChunkKey[] = []): Promise<void> {
    this.#checkOpen()
    const plan = planWrite(chunks, remove, this.#limits.inFlightBytes)
    this.#checkRoom(this.#growth(plan))
    for (const chunk of plan.chunks) this.#put(copy(chunk))
    for (const key of plan.remove) this.#drop(key)
  }

  async documents(page: DocumentPage = {}): Promise<string[]> {
    this.#checkOpen()
    const { prefix, after, limit } = checkPage(page)
    return [...this.#documents.keys()]
      .filter((name) => name.startsWith(prefix) && compare(name, after) > 0)
      .sort(compare)
      .slice(0, limit)
  }

  async remove(document: string): Promise<void> {
    this.#check(document)
    this.#bytes -= this.#documents.get(document)?.bytes ?? 0
    this.#documents.delete(document)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#documents.clear()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #check(document: string): void {
    this.#checkOpen()
    checkDocument(document)
  }

  #checkOpen(): void {
    if (this.#closed) throw new StorageClosedError('the chunk store is closed')
  }

  #find(key: ChunkKey): Chunk | undefined {
    return this.#documents.get(key.document)?.chunks.get(keyText(key))
  }

  /** How many bytes more each document would have. */
  #growth({ chunks, remove }: WritePlan): Map<string, number> {
    const growth = new Map<string, number>()
    const grow = (key: ChunkKey, bytes: number) => {
      const before = this.#find(key)?.bytes.byteLength ?? 0
      growth.set(key.document, (growth.get(key.document) ?? 0) + bytes - before)
    }
    for (const chunk of chunks) grow(chunk, chunk.bytes.byteLength)
    for (const key of remove) grow(key, 0)
    return growth
  }

  #checkRoom(growth: Map<string, number>): void {
    let total = this.#bytes
    for (const [document, bytes] of growth) {
      total += bytes
      const size = (this.#documents.get(document)?.bytes ?? 0) + bytes
      if (bytes > 0 && size > this.#limits.documentBytes)
        throw documentFull(document, size, this.#limits.documentBytes)
    }
    if (total > this.#bytes && total > this.#limits.storeBytes)
      throw new StorageFullError(
        `the store in memory would hold ${total} bytes, more than the ${this.#limits.storeBytes} of limits.storeBytes: remove documents, or raise the limit`,
      )
  }

  #put(chunk: Chunk): void {
    const own = this.#documents.get(chunk.document) ?? { chunks: new Map(), bytes: 0 }
    this.#documents.set(chunk.document, own)
    this.#count(own, chunk.bytes.byteLength - (this.#find(chunk)?.bytes.byteLength ?? 0))
    own.chunks.set(keyText(chunk), chunk)
  }

  #drop(key: ChunkKey): void {
    const own = this.#documents.get(key.document)
    const before = this.#find(key)
    if (own === undefined || before === undefined) return
    this.#count(own, -before.bytes.byteLength)
    own.chunks.delete(keyText(key))
    if (own.chunks.size === 0) this.#documents.delete(key.document)
  }

  #count(own: Document, bytes: number): void {
    own.bytes += bytes
    this.#bytes += bytes
  }
}

function copy({ document, kind, id, bytes }: Chunk): Chunk {
  return { document, kind, id, bytes: new Uint8Array(bytes) }
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
