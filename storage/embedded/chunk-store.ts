/**
 * Chunks in a data folder of this machine: the default. A write is durable when it resolves, also
 * against the loss of power, as far as the disk keeps what it says it has written.
 */
import { resolve } from 'node:path'
import { ChunkDamagedError } from '../../protocols/errors.ts'
import { checkDocument, checkPage, planWrite } from '../chunk-check.ts'
import type { Chunk, ChunkKey, ChunkStore, DocumentPage, LoadedDocument } from '../chunk-store.ts'
import { completeStorageLimits, type StorageLimits } from '../limits.ts'
import type { LoadRows, PageArgs, WriteArgs } from './chunk-table.ts'
import { WriterThread } from './writer-thread.ts'

export interface EmbeddedOptions {
  /** Made when it is not there, for its owner only. One process has it open at a time. */
  readonly folder: string
  readonly limits?: Partial<StorageLimits>
}

export class EmbeddedChunkStore implements ChunkStore {
  readonly #writer: WriterThread
  readonly #inFlightBytes: number

  private constructor(writer: WriterThread, { inFlightBytes }: StorageLimits) {
    this.#writer = writer
    this.#inFlightBytes = inFlightBytes
  }

  /** Rejects with StorageInUseError while another has the folder, and with StorageFailedError. */
  static async open({ folder, limits: given = {} }: EmbeddedOptions): Promise<EmbeddedChunkStore> {
    const limits = completeStorageLimits(given)
    return new EmbeddedChunkStore(await WriterThread.start(resolve(folder), limits), limits)
  }

  async load(document: string): Promise<LoadedDocument> {
    checkDocument(document)
    const rows = (await this.#writer.call('chunks.load', document)) as LoadRows
    const damaged = rows.damaged.map(({ kind, id, reason }) => ({
      ...{ document, kind, id },
      error: new ChunkDamagedError(
        `the ${kind} chunk "${id}" of document "${document}" is damaged: ${reason}`,
        {
          target: document,
        },
      ),
    }))
    return { chunks: rows.chunks.map((row) => ({ document, ...row })), damaged }
  }

  async write(chunks: readonly Chunk[], remove: readonly ChunkKey[] = []): Promise<void> {
    const plan = planWrite(chunks, remove, this.#inFlightBytes)
    const args: WriteArgs = { chunks: plan.chunks.map(keyOf), remove: plan.remove.map(keyOf) }
    const bytes = plan.chunks.map((chunk) => chunk.bytes)
    await this.#writer.call('chunks.write', args, bytes, 1 + plan.chunks.length + plan.remove.length)
  }

  async documents(page: DocumentPage = {}): Promise<string[]> {
    const args: PageArgs = checkPage(page)
    return (await this.#writer.call('chunks.documents', args)) as string[]
  }

  async remove(document: string): Promise<void> {
    checkDocument(document)
    await this.#writer.call('chunks.remove', document)
  }

  close(): Promise<void> {
    return this.#writer.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** Without what else the caller's object has. */
function keyOf({ document, kind, id }: ChunkKey): ChunkKey {
  return { document, kind, id }
}
