/**
 * Whether a change is written as the engine itself writes it. It keeps operations and not bytes, and makes the
 * bytes anew when it loads a document; if they are others, their hash is another, and nothing can be loaded.
 */
import { type DecodedChange, encodeChange } from '../automerge.ts'
import type { ChangeHeader } from '../change-header.ts'
import { valueBytes } from '../change-header.ts'
import { type Chunk, readChunks } from '../chunk.ts'

export function isCanonical(header: ChangeHeader, decoded: DecodedChange): boolean {
  const again = only(encodeChange(decoded))
  if (again.hash === header.hash) return true
  // On its way through JSON the last digit of a fraction may become another; nothing else may.
  const { content } = only(header.bytes)
  if (content.length !== again.content.length) return false
  const { from, to } = valueBytes(content)
  return Buffer.from(content)
    .fill(0, from, to)
    .equals(Buffer.from(again.content).fill(0, from, to))
}

function only(bytes: Uint8Array): Chunk {
  return readChunks(bytes, Number.MAX_SAFE_INTEGER)[0] as Chunk
}
