/**
 * The one binary form of everything that is signed, hashed or sent: whole numbers as varints in their shortest form,
 * hashes as 32 bytes, other bytes and texts behind their length. What a reader accepts, a writer writes again as the
 * same bytes. Every length has a bound that the caller gives, so bytes from a stranger never make the reader allocate
 * more than they could hold.
 */
import * as plain from '../../bytes.ts'
import { MalformedBytesError } from '../errors.ts'
import { HASH_BYTES, type Hash } from '../types.ts'
import { toHex, writeHex } from './hex.ts'

/** A writer that has grown beyond this, which holds a large block, is not kept. */
const MAX_IDLE_BYTES = 2 * 1_048_576

/** Each character is one byte of UTF-8. */
const PLAIN = /^[ -~]{0,64}$/
const encoder = new TextEncoder()
// A byte order mark is a part of the text like any other character.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class ByteWriter extends plain.ByteWriter {
  constructor(capacity = 256) {
    super(capacity)
  }

  get length(): number {
    return this.end
  }

  get capacity(): number {
    return this.buffer.length
  }

  /** Begins anew in the same memory; what `done` gave out is a copy and stays. */
  reset(): this {
    this.end = 0
    return this
  }

  hash(hash: Hash): this {
    this.reserve(HASH_BYTES)
    writeHex(hash, this.buffer, this.end)
    this.end += HASH_BYTES
    return this
  }

  bytes(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes)
  }

  text(text: string): this {
    // Names are short and plain, and much faster written here than by the encoder.
    if (!PLAIN.test(text)) return this.bytes(encoder.encode(text))
    this.varint(text.length).reserve(text.length)
    for (let i = 0; i < text.length; i++) this.buffer[this.end++] = text.charCodeAt(i)
    return this
  }

  list<T>(items: readonly T[], write: (writer: ByteWriter, item: T) => void): this {
    this.varint(items.length)
    for (const item of items) write(this, item)
    return this
  }

  /** A copy of what has been written since then. */
  since(at: number): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(at, this.end)
  }
}

/** Reads what a ByteWriter wrote; throws MalformedBytesError for everything else. */
export class ByteReader extends plain.ByteReader {
  /** How much has been read. */
  get at(): number {
    return this.position
  }

  /** A view of what has been read since then. */
  since(at: number): Uint8Array {
    return this.buffer.subarray(at, this.position)
  }

  hash(): Hash {
    return toHex(this.raw(HASH_BYTES))
  }

  bytes(maxLength: number): Uint8Array {
    return this.raw(this.varint(maxLength))
  }

  text(maxBytes: number): string {
    const length = this.varint(maxBytes)
    if (length > this.left) throw this.malformed('they end too early')
    return this.#lastText(length) ?? this.#newText(length)
  }

  /** Each item takes at least one byte, so that a length alone reserves nothing. */
  list<T>(maxLength: number, read: (reader: ByteReader) => T): T[] {
    const length = this.varint(maxLength)
    if (length > this.left) throw this.malformed('they end too early')
    const items: T[] = []
    for (let i = 0; i < length; i++) items.push(read(this))
    return items
  }

  /** The whole of the bytes has been read. */
  end(): void {
    if (this.left > 0) throw this.malformed(`${this.left} bytes follow the end`)
  }

  protected malformed(what: string): MalformedBytesError {
    return new MalformedBytesError(what)
  }

  /** The same text as the last one: transactions that follow each other mostly name the same state machine. */
  #lastText(length: number): string | undefined {
    const { bytes, text } = lastText
    if (bytes.length !== length) return undefined
    for (let i = 0; i < length; i++) if (bytes[i] !== this.buffer[this.position + i]) return undefined
    this.position += length
    return text
  }

  #newText(length: number): string {
    const bytes = this.raw(length)
    try {
      const text = decoder.decode(bytes)
      if (length <= MAX_LAST_TEXT_BYTES) lastText = { bytes: bytes.slice(), text }
      return text
    } catch {
      throw this.malformed('a text is not UTF-8')
    }
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
