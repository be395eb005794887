/**
 * A clock as bytes: ids in ascending order, each with only what differs from the one before it.
 *
 *   format 1 · number of entries · per entry: bytes shared with the id before · length and bytes of the
 *   rest · count
 *
 * A clock has exactly one such form, so equal clocks have equal bytes and can be compared, hashed and
 * signed as bytes. All numbers are varints.
 */
import { ByteReader, ByteWriter } from '../bytes.ts'
import { MalformedClockError } from '../errors.ts'
import { isNodeId, MAX_NODE_ID_LENGTH } from './node-id.ts'

const FORMAT = 1
/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const MAX_ID_BYTES = MAX_NODE_ID_LENGTH * 3

const encoder = new TextEncoder()
// A byte order mark is a part of the id like any other character.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function encodeCounts(counts: ReadonlyMap<string, number>): Uint8Array<ArrayBuffer> {
  const writer = new ClockWriter(16 + counts.size * 8)
  writer.varint(FORMAT)
  writer.varint(counts.size)
  let before = new Uint8Array(MAX_ID_BYTES)
  let current = new Uint8Array(MAX_ID_BYTES)
  let beforeLength = 0
  for (const id of [...counts.keys()].sort()) {
    const length = encoder.encodeInto(id, current).written
    const shared = sharedLength(before, current, Math.min(beforeLength, length))
    writer.varint(shared)
    writer.varint(length - shared)
    writer.part(current, shared, length)
    writer.varint(counts.get(id)!)
    ;[before, current] = [current, before]
    beforeLength = length
  }
  return writer.done()
}

function sharedLength(a: Uint8Array, b: Uint8Array, max: number): number {
  let length = 0
  while (length < max && a[length] === b[length]) length++
  return length
}

/** Throws MalformedClockError for anything that `encodeCounts` does not write, and for more entries than allowed. */
export function decodeCounts(bytes: Uint8Array, maxEntries: number): Map<string, number> {
  const reader = new ClockReader(bytes)
  if (reader.varint() !== FORMAT) throw malformed('they begin with an unknown format')
  const entries = reader.varint()
  if (entries > maxEntries)
    throw malformed(`they announce ${entries} entries, and no more than ${maxEntries} are allowed`)
  const counts = new Map<string, number>()
  const ids = new IdReader(reader)
  for (let i = 0; i < entries; i++) {
    const id = ids.next()
    const count = reader.varint()
    if (count === 0) throw malformed('a node has the count 0')
    counts.set(id, count)
  }
  if (reader.left > 0) throw malformed(`${reader.left} bytes follow after the last entry`)
  return counts
}

/** What differs between ids is a few bytes, for which a view costs more than a loop. */
class ClockWriter extends ByteWriter {
  part(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    for (let i = start; i < end; i++) this.buffer[this.end++] = source[i]!
  }
}

class ClockReader extends ByteReader {
  /** Copies `length` bytes to `target` from its index `at` on. */
  copy(length: number, target: Uint8Array, at: number): void {
    if (length > this.left) throw this.malformed('they end too early')
    for (let i = at; i < at + length; i++) target[i] = this.buffer[this.position++]!
  }

  protected malformed(what: string): MalformedClockError {
    return malformed(what)
  }
}

class IdReader {
  readonly #reader: ClockReader
  /** The bytes of the id read last; the next begins with some of them. */
  readonly #bytes = new Uint8Array(MAX_ID_BYTES)
  #length = 0
  #id = ''
  #isAscii = true

  constructor(reader: ClockReader) {
    this.#reader = reader
  }

  next(): string {
    const shared = this.#reader.varint()
    const rest = this.#reader.varint()
    if (shared > this.#length || rest === 0 || shared + rest > MAX_ID_BYTES)
      throw malformed('an id is shorter or longer than an id can be')
    const differedAt = shared < this.#length ? this.#bytes[shared] : undefined
    this.#reader.copy(rest, this.#bytes, shared)
    if (this.#bytes[shared] === differedAt)
      throw malformed('an id repeats what it shares with the one before')
    this.#length = shared + rest
    const id = this.#text(shared)
    if (id <= this.#id || !isNodeId(id))
      throw malformed('the ids are not in ascending order, or one is too long')
    return (this.#id = id)
  }

  #text(shared: number): string {
    // In most clocks all ids are ASCII, for which a decoder costs more than all the rest.
    if (!this.#isAscii) return this.#decode()
    let id = this.#id.slice(0, shared)
    for (let i = shared; i < this.#length; i++) {
      const byte = this.#bytes[i]!
      if (byte >= 128) {
        this.#isAscii = false
        return this.#decode()
      }
      id += String.fromCharCode(byte)
    }
    return id
  }

  #decode(): string {
    try {
      return decoder.decode(this.#bytes.subarray(0, this.#length))
    } catch (cause) {
      throw malformed('an id is no UTF-8', cause)
    }
  }
}

function malformed(why: string, cause?: unknown): MalformedClockError {
  return new MalformedClockError(`the bytes are no clock: ${why}`, { cause })
}
