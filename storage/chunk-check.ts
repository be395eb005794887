/**
 * What all chunk stores do with their arguments before anything else, so that they agree on what they
 * take: checked here, nothing of a call that is refused has been written.
 */
import { InvalidChunkError, StorageFullError } from '../protocols/errors.ts'
import type { Chunk, ChunkKey, DocumentPage } from './chunk-store.ts'
import { CHUNK_LIMITS } from './limits.ts'

/** What a write comes down to: each key once, and in one of the two lists. */
export interface WritePlan {
  chunks: Chunk[]
  remove: ChunkKey[]
  bytes: number
}

/** @param maxBytes of the chunks together */
export function planWrite(
  chunks: readonly Chunk[],
  remove: readonly ChunkKey[],
  maxBytes: number,
): WritePlan {
  if (chunks.length + remove.length > CHUNK_LIMITS.keys)
    throw new InvalidChunkError(
      `a write takes up to ${CHUNK_LIMITS.keys} chunks and removals, not ${chunks.length + remove.length}: divide it`,
    )
  const written = new Map<string, Chunk>()
  for (const chunk of chunks) {
    checkKey(chunk)
    if (!(chunk.bytes instanceof Uint8Array))
      throw new InvalidChunkError('the bytes of a chunk have to be a Uint8Array', { target: chunk.document })
    written.set(keyText(chunk), chunk)
  }
  const removed = new Map<string, ChunkKey>()
  for (const key of remove) {
    checkKey(key)
    if (!written.has(keyText(key))) removed.set(keyText(key), key)
  }
  const plan = { chunks: [...written.values()], remove: [...removed.values()], bytes: 0 }
  for (const { bytes } of plan.chunks) plan.bytes += bytes.byteLength
  if (plan.bytes > maxBytes)
    throw new InvalidChunkError(
      `a write of ${plan.bytes} bytes is more than the ${maxBytes} of limits.inFlightBytes: divide it, or raise the limit`,
      { target: plan.chunks[0]?.document },
    )
  return plan
}

/** Names a chunk among all others. */
export function keyText({ document, kind, id }: ChunkKey): string {
  return `${kind}\0${id}\0${document}`
}

export function checkDocument(document: unknown): asserts document is string {
  checkText('the name of a document', document, CHUNK_LIMITS.documentName)
}

export function checkPage({ prefix = '', after = '', limit = CHUNK_LIMITS.page }: DocumentPage) {
  if (typeof prefix !== 'string' || typeof after !== 'string')
    throw new InvalidChunkError('the prefix and the last name of a page of documents have to be texts')
  if (!Number.isInteger(limit) || limit < 1 || limit > CHUNK_LIMITS.page)
    throw new InvalidChunkError(
      `a page of documents has from 1 to ${CHUNK_LIMITS.page} names, not ${String(limit)}`,
    )
  return { prefix, after, limit }
}

export function documentFull(document: string, bytes: number, maxBytes: number): StorageFullError {
  return new StorageFullError(
    `the document would have ${bytes} bytes, more than the ${maxBytes} of limits.documentBytes: write a snapshot and remove what it holds, or raise the limit`,
    { target: document },
  )
}

function checkKey({ document, kind, id }: ChunkKey): void {
  checkDocument(document)
  if (kind !== 'snapshot' && kind !== 'incremental')
    throw new InvalidChunkError(`a chunk is a snapshot or incremental, not ${String(kind)}`, {
      target: document,
    })
  checkText('the id of a chunk', id, CHUNK_LIMITS.id)
}

function checkText(what: string, text: unknown, maxLength: number): void {
  if (typeof text !== 'string' || text === '' || text.length > maxLength)
    throw new InvalidChunkError(
      `${what} has to be a text of 1 to ${maxLength} characters, not ${shown(text)}`,
    )
  if (text.includes('\0') || !text.isWellFormed())
    throw new InvalidChunkError(
      `${what} must hold neither U+0000 nor half of a surrogate pair, as ${shown(text)} does`,
    )
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return typeof value
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
}
