/**
 * The one binary form of everything that is signed, hashed or sent: whole numbers as varints in their shortest form,
 * hashes as 32 bytes, other bytes and texts behind their length. What a reader accepts, a writer writes again as the
 * same bytes. Every length has a bound that the caller gives, so bytes from a stranger never make the reader allocate
 * more than they could hold.
 */
import { MalformedBytesError } from '../errors.ts'
import { HASH_BYTES, type Hash } from '../types.ts'
import { toHex, writeHex } from './hex.ts'

/** A safe integer takes 53 bits, which are eight groups of seven. */
const MAX_VARINT_BYTES = 8

/** A writer that has grown beyond this, which holds a large block, is not kept. */
const MAX_IDLE_BYTES = 2 * 1_048_576

/** Each character is one byte of UTF-8. */
const PLAIN = /^[ -~]{0,64}$/
const encoder = new TextEncoder()
// A byte order mark is a part of the text like any other character.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class ByteWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  get capacity(): number {
    return this.#bytes.length
  }

  /** Begins anew in the same memory; what `done` gave out is a copy and stays. */
  reset(): this {
    this.#length = 0
    return this
  }

  varint(value: number): this {
    this.#reserve(MAX_VARINT_BYTES)
    let rest = value
    // Bit operations would cut the number to 32 bits, so the groups are split off by division.
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  hash(hash: Hash): this {
    this.#reserve(HASH_BYTES)
    writeHex(hash, this.#bytes, this.#length)
    this.#length += HASH_BYTES
    return this
  }

  /** As they are, for bytes whose number is known. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  bytes(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes)
  }

  text(text: string): this {
    // Names are short and plain, and much faster written here than by the encoder.
    if (!PLAIN.test(text)) return this.bytes(encoder.encode(text))
    this.varint(text.length).#reserve(text.length)
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i)
    return this
  }

  /** A copy of what has been written since then. */
  since(at: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(at, this.#length)
  }

  list<T>(items: readonly T[], write: (writer: ByteWriter, item: T) => void): this {
    this.varint(items.length)
    for (const item of items) write(this, item)
    return this
  }

  /** A copy of what has been written. */
  done(): Uint8Array<ArrayBuffer> {
    return this.since(0)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** Reads what a ByteWriter wrote; throws MalformedBytesError for everything else. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** How much has been read. */
  get at(): number {
    return this.#at
  }

  /** A view of what has been read since then. */
  since(at: number): Uint8Array {
    return this.#bytes.subarray(at, this.#at)
  }

  varint(max = Number.MAX_SAFE_INTEGER): number {
    let value = 0
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new MalformedBytesError('they end too early')
      value += (byte & 127) * 2 ** (7 * i)
      if (byte >= 128) continue
      if (byte === 0 && i > 0) break
      if (value > max) throw new MalformedBytesError(`a number is above ${max}`)
      return value
    }
    throw new MalformedBytesError('a number is not in its shortest form')
  }

  hash(): Hash {
    return toHex(this.raw(HASH_BYTES))
  }

  /** A view of the next bytes, not a copy. */
  raw(length: number): Uint8Array {
    if (length > this.left) throw new MalformedBytesError('they end too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  bytes(maxLength: number): Uint8Array {
    return this.raw(this.varint(maxLength))
  }

  text(maxBytes: number): string {
    const length = this.varint(maxBytes)
    if (length > this.left) throw new MalformedBytesError('they end too early')
    return this.#lastText(length) ?? this.#newText(length)
  }

  /** Each item takes at least one byte, so that a length alone reserves nothing. */
  list<T>(maxLength: number, read: (reader: ByteReader) => T): T[] {
    const length = this.varint(maxLength)
    if (length > this.left) throw new MalformedBytesError('they end too early')
    const items: T[] = []
    for (let i = 0; i < length; i++) items.push(read(this))
    return items
  }

  /** The same text as the last one: transactions that follow each other mostly name the same state machine. */
  #lastText(length: number): string | undefined {
    const { bytes, text } = lastText
    if (bytes.length !== length) return undefined
    for (let i = 0; i < length; i++) if (bytes[i] !== this.#bytes[this.#at + i]) return undefined
    this.#at += length
    return text
  }

  #newText(length: number): string {
    const bytes = this.raw(length)
    try {
      const text = decoder.decode(bytes)
      if (length <= MAX_LAST_TEXT_BYTES) lastText = { bytes: bytes.slice(), text }
      return text
    } catch {
      throw new MalformedBytesError('a text is not UTF-8')
    }
  }

  /** The whole of the bytes has been read. */
  end(): void {
    if (this.left > 0) throw new MalformedBytesError(`${this.left} bytes follow the end`)
  }
}

const MAX_LAST_TEXT_BYTES = 64
let lastText: { readonly bytes: Uint8Array; readonly text: string } = { bytes: new Uint8Array(0), text: '' }

/** Kept for the next call, because memory of its own for each small value costs more than writing it. */
let idle: ByteWriter | undefined = new ByteWriter(4_096)

/** Encodes one value by itself. */
export function encode<T>(value: T, write: (writer: ByteWriter, value: T) => void): Uint8Array<ArrayBuffer> {
  // A `write` that encodes something else by itself in between finds none idle.
  const writer = idle?.reset() ?? new ByteWriter()
  idle = undefined
  write(writer, value)
  const bytes = writer.done()
  idle = writer.capacity <= MAX_IDLE_BYTES ? writer : new ByteWriter(4_096)
  return bytes
}

/** Decodes one value that takes all of the bytes. */
export function decode<T>(bytes: Uint8Array, read: (reader: ByteReader) => T): T {
  const reader = new ByteReader(bytes)
  const value = read(reader)
  reader.end()
  return value
}
