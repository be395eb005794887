/**
 * The frame of what Automerge saves and sends, and whether it is what was written:
 *
 *   85 6f 4a 83 | first 4 bytes of the digest | kind | length | content
 *
 * The engine accepts bytes whose digest is wrong, under another hash, and then refuses the genuine ones for
 * ever; so whatever comes from a disk or another replica is looked at here first.
 */
import { createHash } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { ByteReader, hex, MalformedError, TooLargeError } from './byte-reader.ts'

const MAGIC = '856f4a83'

export const CHUNK_KINDS = { document: 0, change: 1, deflatedChange: 2 } as const

export interface Chunk {
  kind: number
  /** Inflated, where it was deflated. */
  content: Uint8Array
  /** SHA-256 of the kind, the length and the content, by which a change is known. */
  hash: string
  /** Of the whole chunk, as it is. */
  bytes: Uint8Array
}

/** Reads all chunks. Throws MalformedError when one is damaged, or inflates beyond so many bytes. */
export function readChunks(bytes: Uint8Array, maxBytes: number): Chunk[] {
  const chunks: Chunk[] = []
  const reader = new ByteReader(bytes)
  while (!reader.done) chunks.push(readChunk(reader, maxBytes))
  return chunks
}

function readChunk(reader: ByteReader, maxBytes: number): Chunk {
  const start = reader.at
  if (reader.hex(4) !== MAGIC) throw new MalformedError('it does not begin as a chunk does')
  const digest = reader.hex(4)
  let kind = reader.byte()
  let content = reader.prefixed()
  if (kind === CHUNK_KINDS.deflatedChange) {
    content = inflate(content, maxBytes)
    kind = CHUNK_KINDS.change
  }
  if (content.length > maxBytes) throw new TooLargeError(`it has more than ${maxBytes} bytes`)
  const hash = hashOf(kind, content)
  if (!hash.startsWith(digest)) throw new DigestError('its digest is that of other bytes')
  return { kind, content, hash, bytes: reader.bytes.subarray(start, reader.at) }
}

/** Bytes have been changed since their digest was made. */
export class DigestError extends MalformedError {}

function inflate(content: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return inflateRawSync(content, { maxOutputLength: maxBytes })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new TooLargeError(`it inflates to more than ${maxBytes} bytes`)
    throw new MalformedError("it can't be inflated", { cause })
  }
}

function hashOf(kind: number, content: Uint8Array): string {
  const head = [kind]
  for (let rest = content.length; ; rest = Math.floor(rest / 128)) {
    head.push(rest >= 128 ? (rest % 128) | 0x80 : rest)
    if (rest < 128) break
  }
  return hex(createHash('sha256').update(Uint8Array.from(head)).update(content).digest())
}
