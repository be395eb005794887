/**
 * What a change says of itself, read without the engine: before it has been looked at it could be anything,
 * and a few bytes can stand for more operations than there is memory.
 */
import { ByteReader, MalformedError } from './byte-reader.ts'
import { CHUNK_KINDS, type Chunk } from './chunk.ts'
import { countRows } from './columns.ts'

export interface ChangeHeader {
  hash: string
  actor: string
  /** Which one of its actor's changes it is, from 1. */
  seq: number
  /** Number of its first operation; the others follow. */
  startOp: number
  operations: number
  deps: string[]
  bytes: Uint8Array
}

/** Throws MalformedError for what is no change, or has more than so many operations. */
export function readHeader(chunk: Chunk, maxOperations: number): ChangeHeader {
  if (chunk.kind !== CHUNK_KINDS.change) throw new MalformedError('it is no change')
  const reader = new ByteReader(chunk.content)
  const deps = Array.from({ length: bounded(reader.unsigned(), chunk) }, () => reader.hex(32))
  const actor = Buffer.from(reader.prefixed()).toString('hex')
  const seq = reader.unsigned()
  const startOp = reader.unsigned()
  reader.signed() // time
  reader.prefixed() // message
  for (let others = reader.unsigned(); others > 0; others--) reader.prefixed()
  const operations = countRows(reader, maxOperations)
  return { hash: chunk.hash, actor, seq, startOp, operations, deps, bytes: chunk.bytes }
}

/** A count of parts can't be larger than what they are in. */
function bounded(count: number, chunk: Chunk): number {
  if (count > chunk.content.length) throw new MalformedError('it ends too early')
  return count
}
