/**
 * The checksum that every stored chunk carries: CRC-32 of its key and its bytes.
 *
 * It finds what a disk or a file system got wrong: any error within 32 bits in a row, and all but one in
 * four thousand million of the others. Whoever may write the file could also write a fitting checksum,
 * whatever the algorithm, so a cryptographic one would cost more and guard no better; what was changed on
 * purpose is the business of encryption with authentication.
 */
import { crc32 } from 'node:zlib'
import { keyText } from './chunk-check.ts'
import type { Chunk } from './chunk-store.ts'

/** The key is part of it, so that bytes that were found under another chunk's name are noticed too. */
export function checksumOf(chunk: Chunk): number {
  return crc32(chunk.bytes, crc32(`${keyText(chunk)}\0`))
}
