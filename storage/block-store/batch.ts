/**
 * The form of a file: batches, each all that shares one wait for the disk. A batch takes whole sectors, so that a write
 * never touches a sector that holds something acknowledged; what is in it can be read and checked by itself.
 *
 *   batch   magic | segment | number | body bytes | zero sectors | CRC-32 of the rest | CRC-32 of the header | body | padding
 *   body    entries: bytes | CRC-32 of the rest | first height | heights | content
 *
 * A batch is written only once the one before it is durable. So only the last can be torn, and then the file ends
 * before it does, or sectors of it that never reached the disk read as zeros: more of them than the header says were
 * written that way. Anything else that is not as it was written is damage.
 */
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { isZero, SECTOR, wholeSectors, zeroSectors } from '../sectors.ts'

const HEADER_BYTES = 28
const BODY_BYTES_AT = 12
const HEADER_CRC_AT = 24
const ENTRY_BYTES = 16
const FIRST_AT = 8
const COUNT_AT = 14
/** Sectors that are looked at together when it is searched for a header. */
const SEARCH_BYTES = 2_048 * SECTOR

/** Something about `count` heights from `first` on. */
export interface Entry {
  readonly first: number
  /** Up to 65,535. */
  readonly count: number
  readonly bytes: Uint8Array
}

/** Where an entry begins in its file, and what it is about. */
export interface EntryPlace {
  readonly first: number
  readonly count: number
  readonly at: number
}

/** Which batch it is: one that is found in another's place is damage. */
export interface BatchName {
  readonly magic: number
  readonly segment: number
  readonly number: number
}

export function encodeBatch({ magic, segment, number }: BatchName, entries: readonly Entry[]): Buffer {
  const bodyBytes = entries.reduce((sum, { bytes }) => sum + ENTRY_BYTES + bytes.length, 0)
  const batch = Buffer.alloc(wholeSectors(HEADER_BYTES + bodyBytes))
  let at = HEADER_BYTES
  for (const entry of entries) at = writeEntry(batch, at, entry)
  const fields = [magic, segment, number, bodyBytes, zeroSectors(batch.subarray(SECTOR))]
  for (const [i, field] of [...fields, crc32(batch.subarray(HEADER_BYTES))].entries())
    batch.writeUInt32LE(field, 4 * i)
  batch.writeUInt32LE(crc32(batch.subarray(0, HEADER_CRC_AT)), HEADER_CRC_AT)
  return batch
}

/** Of the entries in a whole batch that begins at this place of its file. */
export function entriesIn(batch: Buffer, batchAt: number): EntryPlace[] {
  const places: EntryPlace[] = []
  const end = HEADER_BYTES + batch.readUInt32LE(BODY_BYTES_AT)
  for (let at = HEADER_BYTES; at < end; at += ENTRY_BYTES + batch.readUInt32LE(at))
    places.push({
      first: batch.readUIntLE(at + FIRST_AT, 6),
      count: batch.readUInt16LE(at + COUNT_AT),
      at: batchAt + at,
    })
  return places
}

/** The batch at a place in a file of this size. */
export async function readBatch(
  file: FileHandle,
  at: number,
  size: number,
  name: BatchName,
): Promise<{ readonly entries: EntryPlace[]; readonly end: number } | 'torn' | 'damaged'> {
  if (size - at < SECTOR) return 'torn'
  const first = await readAt(file, at, SECTOR)
  if (isZero(first)) return (await isFollowed(file, at, size, name)) ? 'damaged' : 'torn'
  const header = headerOf(first, name.magic)
  if (header?.segment !== name.segment || header.number !== name.number) return 'damaged'
  const end = at + wholeSectors(HEADER_BYTES + header.bodyBytes)
  if (end > size) return 'torn'
  const batch = await readAt(file, at, end - at)
  if (crc32(batch.subarray(HEADER_BYTES)) !== header.bodyCrc) {
    const missing = zeroSectors(batch.subarray(SECTOR)) > header.zeroSectors
    return missing && end === size ? 'torn' : 'damaged'
  }
  return { entries: entriesIn(batch, at), end }
}

/** The entry at this place; undefined where it is not as it was written. */
export async function readEntry(file: FileHandle, at: number): Promise<Entry | undefined> {
  const head = await readAt(file, at, ENTRY_BYTES)
  if (head.length < ENTRY_BYTES) return undefined
  const length = head.readUInt32LE(0)
  // A length that is damaged must not have more memory taken than there is in the file.
  if (at + ENTRY_BYTES + length > (await file.stat()).size) return undefined
  const bytes = await readAt(file, at + ENTRY_BYTES, length)
  if (bytes.length < length || entryCrc(head, bytes) !== head.readUInt32LE(4)) return undefined
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  return { first: head.readUIntLE(FIRST_AT, 6), count: head.readUInt16LE(COUNT_AT), bytes: plain }
}

function writeEntry(batch: Buffer, at: number, { first, count, bytes }: Entry): number {
  const head = batch.subarray(at, at + ENTRY_BYTES)
  head.writeUInt32LE(bytes.length, 0)
  head.writeUIntLE(first, FIRST_AT, 6)
  head.writeUInt16LE(count, COUNT_AT)
  head.writeUInt32LE(entryCrc(head, bytes), 4)
  batch.set(bytes, at + ENTRY_BYTES)
  return at + ENTRY_BYTES + bytes.length
}

function entryCrc(head: Buffer, bytes: Uint8Array): number {
  return crc32(bytes, crc32(head.subarray(FIRST_AT), crc32(head.subarray(0, 4))))
}

/** Undefined where there is none. */
function headerOf(bytes: Buffer, magic: number) {
  const header = bytes.subarray(0, HEADER_BYTES)
  const field = (index: number) => header.readUInt32LE(4 * index)
  if (field(0) !== magic || crc32(header.subarray(0, HEADER_CRC_AT)) !== header.readUInt32LE(HEADER_CRC_AT))
    return undefined
  return {
    ...{ segment: field(1), number: field(2), bodyBytes: field(3) },
    ...{ zeroSectors: field(4), bodyCrc: field(5) },
  }
}

/** Whether a later batch begins behind: then the one that is not there had been acknowledged. */
async function isFollowed(file: FileHandle, from: number, size: number, name: BatchName): Promise<boolean> {
  for (let start = from; start < size; start += SEARCH_BYTES) {
    const bytes = await readAt(file, start, Math.min(SEARCH_BYTES, size - start))
    for (let at = 0; at + SECTOR <= bytes.length; at += SECTOR) {
      const header = headerOf(bytes.subarray(at, at + SECTOR), name.magic)
      if (header?.segment === name.segment && header.number > name.number) return true
    }
  }
  return false
}

/** Fewer bytes where the file ends before. */
async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}
