/** What makes a replica actor the keeper: it loads documents from storage, and stores what is new. */
import type { Change } from '../../../protocols/replication/document.ts'
import type { ChunkKey, ChunkStore } from '../../../storage/chunk-store.ts'
import { Document } from '../document/document.ts'
import type { DocumentLimits } from '../document/limits.ts'
import { type DocumentType, typeOf } from '../types.ts'
import { Past, type Turned } from './past.ts'
import { Shelf } from './shelf.ts'

export interface KeeperShell {
  readonly store: ChunkStore
  /** By what name other nodes know this one, and whether what it keeps outlives the process. */
  readonly node: string
  readonly lasting: boolean
  readonly incrementalChunks: number
  readonly documentLimits: DocumentLimits
  /** A name for this replica of a document that none has had before. */
  newActor(): string
  stored(id: string, hashes: readonly string[]): void
  failed(id: string, error: unknown, retryMs: number): void
  after(ms: number, run: () => void): () => void
}

export class Keeper {
  readonly #shell: KeeperShell
  readonly #shelves = new Map<string, Shelf>()
  readonly node: string
  readonly lasting: boolean
  readonly past: Past

  constructor(shell: KeeperShell) {
    this.#shell = shell
    this.node = shell.node
    this.lasting = shell.lasting
    this.past = new Past(shell.store)
  }

  /** The document as it was stored last, or from its first bytes where it is new. */
  async load(id: string, genesis: () => Uint8Array): Promise<Document> {
    const { chunks, damaged } = await this.#shell.store.load(id)
    const options = {
      ...{ id, type: typeOf(id) },
      actor: this.#shell.newActor(),
      limits: this.#shell.documentLimits,
    }
    for (const { error } of damaged) this.#shell.failed(id, error, 0)
    const stored = chunks.map(({ bytes }) => bytes)
    const document = Document.load(options, stored.length === 0 ? [genesis()] : stored)
    const keys = [...chunks, ...damaged].map(({ kind, id: chunk }) => ({ document: id, kind, id: chunk }))
    const shelf = this.#shelf(document, keys)
    this.#shelves.set(id, shelf)
    // What is new is stored at once, so that it is found also when nobody changes it.
    if (keys.length === 0) void shelf.compact()
    return document
  }

  #shelf(document: Document, keys: readonly ChunkKey[]): Shelf {
    const { id } = document
    const { store, incrementalChunks } = this.#shell
    return new Shelf({
      ...{ document: id, store, keys, incrementalChunks },
      snapshot: () => ({ id: document.heads.join('-').slice(0, 256), bytes: document.save() }),
      stored: (hashes) => this.#shell.stored(id, hashes),
      failed: (error, retryMs) => this.#shell.failed(id, error, retryMs),
      after: (ms, run) => this.#shell.after(ms, run),
    })
  }

  /** Whether the document is stored. */
  async has(id: string): Promise<boolean> {
    return this.#shelves.has(id) || (await this.#shell.store.documents({ prefix: id, limit: 1 }))[0] === id
  }

  async names(type: DocumentType, after?: string): Promise<string[]> {
    const prefix = `${type}/`
    const ids = await this.#shell.store.documents({
      prefix,
      after: after === undefined ? undefined : prefix + after,
    })
    return ids.map((id) => id.slice(prefix.length))
  }

  isStored(id: string, hash: string): boolean {
    return this.#shelves.get(id)?.isStored(hash) === true
  }

  store(document: Document, changes: readonly Change[]): void {
    this.#shelves.get(document.id)?.add(changes)
  }

  /** Stores a new epoch in the place of all that is stored of a document, and what is to be known of those before. */
  async turn(id: string, first: string, saved: Uint8Array, turned: Turned): Promise<void> {
    await this.#shelves.get(id)?.replace(`epoch-${first}`, saved, turned)
  }

  /** Resolves when the document is stored as one snapshot. */
  async flush(document: Document): Promise<void> {
    await this.#shelves.get(document.id)?.compact()
  }

  forget(id: string): void {
    this.#shelves.get(id)?.close()
    this.#shelves.delete(id)
    this.past.forget(id)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#shelves.values()].map((shelf) => shelf.flush()))
    for (const id of [...this.#shelves.keys()]) this.forget(id)
    await this.#shell.store.close()
  }
}
