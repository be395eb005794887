/**
 * Where documents outlive the process: as chunks, each a snapshot of all that a document was at some
 * time or a batch of the changes since. This is the contract; the adapters are beside it, and
 * `test/storage/conformance.ts` tells whether one keeps it.
 *
 *   new changes -> write([incremental])
 *   compaction  -> write([snapshot], [what the snapshot holds])
 *   start       -> load: snapshots, then incrementals in the order in which they were first written
 *
 * Calls take effect in the order in which they are made, so that a `load` sees every `write` before it,
 * whether anybody has awaited that or not. The bytes given to `write` are not to be changed until it
 * settles; those that `load` gives are the caller's own.
 *
 * Every call rejects with StorageClosedError once `close` was called, with StorageBusyError when too many
 * calls are waiting already, and with StorageFailedError when the medium fails.
 */
import type { ChunkDamagedError } from '../protocols/errors.ts'

export type ChunkKind = 'snapshot' | 'incremental'

/**
 * Names a chunk by what is in it: `id` is a hash of the snapshot's heads or of the batch of changes, so
 * that whoever writes the same chunk twice has it once. Neither text may be empty, longer than
 * `CHUNK_LIMITS` says, hold the character U+0000 or half of a surrogate pair.
 */
export interface ChunkKey {
  readonly document: string
  readonly kind: ChunkKind
  readonly id: string
}

export interface Chunk extends ChunkKey {
  readonly bytes: Uint8Array
}

/** A chunk that can't be given out, because it is not what was written. */
export interface DamagedChunk extends ChunkKey {
  readonly error: ChunkDamagedError
}

export interface LoadedDocument {
  /** Empty for a document that is not there. */
  readonly chunks: Chunk[]
  /**
   * Found now or before. Other chunks may build upon what these held: ask other replicas for it, then
   * write a snapshot and remove these, so that they are no longer told. Until then they are kept.
   */
  readonly damaged: DamagedChunk[]
}

export interface DocumentPage {
  /** Only names that begin with this. */
  prefix?: string
  /** Only names behind this one, which is the last of the page before. */
  after?: string
  /** How many names at most, up to `CHUNK_LIMITS.page`, which is also the default. */
  limit?: number
}

export interface ChunkStore extends AsyncDisposable {
  /** Every chunk is compared with its checksum first, unless it never left the memory of the process. */
  load(document: string): Promise<LoadedDocument>

  /**
   * Writes chunks, then removes others; resolves when both are durable, as far as the store is. When the
   * process or the machine dies before that, the chunks and the removals may have happened or not, but no
   * removal without all of the chunks. When it rejects, nothing has happened, unless `mayHaveRun` is true.
   *
   * A chunk that is there already is replaced, in its place. One that is both written and removed is
   * there afterwards: a compaction that finds nothing new must not take away the snapshot that it made.
   * What is not there can be removed.
   *
   * Rejects with InvalidChunkError for what is no chunk or too much for one call, and with
   * StorageFullError when the document or the store would be larger than its limit.
   */
  write(chunks: readonly Chunk[], remove?: readonly ChunkKey[]): Promise<void>

  /** The names of the documents that have chunks, damaged ones too, in the order of their UTF-8 bytes. */
  documents(page?: DocumentPage): Promise<string[]>

  /** Removes all that is kept of a document, durably, damaged chunks too. */
  remove(document: string): Promise<void>

  /** Resolves when the calls before it have ended and everything is released. It may be called again. */
  close(): Promise<void>
}
