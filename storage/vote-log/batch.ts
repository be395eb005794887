/**
 * The form of a batch in the log: all records that share one wait for the disk. It takes whole sectors, so that a
 * write never touches a sector that holds something acknowledged.
 *
 *   magic | segment | number | body bytes | zero sectors | CRC-32 of the rest | CRC-32 of the header | body | padding
 *
 * A batch is written only once the one before it is durable, into room of zeros that ends the file. So only the last
 * can be torn, and then the file ends before it does, or sectors of it that never reached the disk read as zeros: more
 * of them than the header says were written that way. Anything else that is not as it was written is damage.
 */
import { crc32 } from 'node:zlib'
import { type ByteReader, decode, encode } from '../../protocols/consensus/codec/bytes.ts'
import { StorageDamagedError } from '../../protocols/errors.ts'
import { isZero, SECTOR, wholeSectors, zeroSectors } from '../sectors.ts'
import { MAX_NAME_BYTES } from './limits.ts'

/** "NPV" and the version of the form. */
const MAGIC = 0x4e505601
const HEADER_BYTES = 28
const HEADER_CRC_AT = 24
/** The most that the header can count, and a file can't be read beyond 2 GiB at once. */
const MAX_BODY_BYTES = 2 ** 31 - 1

export interface LogRecord {
  readonly validator: string
  readonly view: number
  readonly bytes: Uint8Array
}

export interface SegmentContent {
  readonly records: LogRecord[]
  /** Bytes at its end of a batch that was never acknowledged, because its writing was cut short. */
  readonly tornBytes: number
}

export function encodeBatch(segment: number, number: number, records: readonly LogRecord[]): Buffer {
  const body = encode(records, (writer, all) =>
    writer.list(all, (_, { validator, view, bytes }) => writer.text(validator).varint(view).bytes(bytes)),
  )
  const batch = Buffer.alloc(wholeSectors(HEADER_BYTES + body.length))
  batch.set(body, HEADER_BYTES)
  const fields = [MAGIC, segment, number, body.length, zeroSectors(batch.subarray(SECTOR))]
  for (const [i, field] of [...fields, crc32(batch.subarray(HEADER_BYTES))].entries())
    batch.writeUInt32LE(field, 4 * i)
  batch.writeUInt32LE(crc32(batch.subarray(0, HEADER_CRC_AT)), HEADER_CRC_AT)
  return batch
}

/** Throws StorageDamagedError where a segment is not as it was written. */
export function readSegment(path: string, segment: number, bytes: Buffer): SegmentContent {
  const records: LogRecord[] = []
  let at = 0
  for (let number = 0; at < bytes.length || number === 0; number++) {
    const batch = batchAt(bytes, at, { segment, number })
    // A segment gets its name only once its first batch is durable, so that one can't be torn.
    if (batch === 'damaged' || (batch === 'torn' && number === 0)) throw damaged(path, at)
    if (batch === 'torn') break
    for (const record of recordsOf(batch.body)) records.push(record)
    at = batch.end
  }
  return { records, tornBytes: writtenBytes(bytes.subarray(at)) }
}

/** Up to the last sector that is not room. */
function writtenBytes(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0) {
    const from = Math.floor((end - 1) / SECTOR) * SECTOR
    if (bytes.subarray(from, end).some((byte) => byte !== 0)) break
    end = from
  }
  return end
}

interface Place {
  readonly segment: number
  readonly number: number
}

function batchAt(
  bytes: Buffer,
  at: number,
  place: Place,
): { readonly body: Buffer; readonly end: number } | 'torn' | 'damaged' {
  if (bytes.length - at < SECTOR) return 'torn'
  if (isZero(bytes.subarray(at, at + SECTOR))) return isFollowed(bytes, at, place) ? 'damaged' : 'torn'
  const header = headerAt(bytes, at)
  if (header?.segment !== place.segment || header.number !== place.number) return 'damaged'
  const end = at + wholeSectors(HEADER_BYTES + header.bodyBytes)
  if (end > bytes.length) return 'torn'
  if (crc32(bytes.subarray(at + HEADER_BYTES, end)) !== header.bodyCrc) {
    const missing = zeroSectors(bytes.subarray(at + SECTOR, end)) > header.zeroSectors
    return missing && writtenBytes(bytes.subarray(end)) === 0 ? 'torn' : 'damaged'
  }
  const from = at + HEADER_BYTES
  return { body: bytes.subarray(from, from + header.bodyBytes), end }
}

/** Undefined where there is none. */
function headerAt(bytes: Buffer, at: number) {
  const header = bytes.subarray(at, at + HEADER_BYTES)
  const field = (index: number) => header.readUInt32LE(4 * index)
  if (field(0) !== MAGIC || crc32(header.subarray(0, HEADER_CRC_AT)) !== header.readUInt32LE(HEADER_CRC_AT))
    return undefined
  return {
    ...{ segment: field(1), number: field(2), bodyBytes: field(3) },
    ...{ zeroSectors: field(4), bodyCrc: field(5) },
  }
}

/** Whether a later batch begins behind: then the one that is not there had been acknowledged. */
function isFollowed(bytes: Buffer, from: number, { segment, number }: Place): boolean {
  for (let at = from + SECTOR; at + SECTOR <= bytes.length; at += SECTOR) {
    const header = headerAt(bytes, at)
    if (header?.segment === segment && header.number > number) return true
  }
  return false
}

function recordsOf(body: Buffer): LogRecord[] {
  const readRecord = (reader: ByteReader): LogRecord => ({
    validator: reader.text(MAX_NAME_BYTES),
    view: reader.varint(),
    // A copy: a view would keep the whole file in memory for as long as one record of it is kept.
    bytes: Uint8Array.from(reader.bytes(MAX_BODY_BYTES)),
  })
  return decode(body, (reader) => reader.list(MAX_BODY_BYTES, readRecord))
}

function damaged(path: string, at: number): StorageDamagedError {
  return new StorageDamagedError(
    `${path} is damaged at byte ${at}: what its validators have voted can't be known, so none may vote. Keep a copy; replace the keys of these validators, and only then move the folder away to begin with an empty log`,
    { target: path },
  )
}
