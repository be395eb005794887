/**
 * Bytes written and read one after the other. Whole numbers are varints: seven bits a byte, the lowest first, the last
 * byte below 128. Each number has one form, the shortest, so that what a reader accepts a writer writes again as the
 * same bytes. What is built on these adds what its own format is made of.
 */

/** A safe integer takes 53 bits, which are eight groups of seven. */
const MAX_VARINT_BYTES = 8

/** A growing run of bytes. */
export class ByteWriter {
  protected buffer: Uint8Array
  /** How many bytes of the buffer have been written. */
  protected end = 0

  constructor(capacity: number) {
    this.buffer = new Uint8Array(capacity)
  }

  varint(value: number): this {
    this.reserve(MAX_VARINT_BYTES)
    let rest = value
    // Bit operations would cut the number to 32 bits, so the groups are split off by division.
    while (rest >= 128) {
      this.buffer[this.end++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.buffer[this.end++] = rest
    return this
  }

  /** As they are, for bytes whose number is known. */
  raw(bytes: Uint8Array): this {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.end)
    this.end += bytes.length
    return this
  }

  /** A copy of what has been written. */
  done(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.end)
  }

  protected reserve(more: number): void {
    if (this.end + more <= this.buffer.length) return
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.end + more))
    larger.set(this.buffer)
    this.buffer = larger
  }
}

/** Reads what a ByteWriter wrote; throws what `malformed` makes of the reason for everything else. */
export abstract class ByteReader {
  protected readonly buffer: Uint8Array
  /** How much has been read. */
  protected position = 0

  constructor(bytes: Uint8Array) {
    this.buffer = bytes
  }

  get left(): number {
    return this.buffer.length - this.position
  }

  varint(max = Number.MAX_SAFE_INTEGER): number {
    let value = 0
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.buffer[this.position++]
      if (byte === undefined) throw this.malformed('they end too early')
      value += (byte & 127) * 2 ** (7 * i)
      if (byte >= 128) continue
      if (byte === 0 && i > 0) break
      if (value > max) throw this.malformed(`a number is above ${max}`)
      return value
    }
    throw this.malformed('a number is not in its shortest form')
  }

  /** A view of the next bytes, not a copy. */
  raw(length: number): Uint8Array {
    if (length > this.left) throw this.malformed('they end too early')
    this.position += length
    return this.buffer.subarray(this.position - length, this.position)
  }

  /** The error that says what is wrong with the bytes. */
  protected abstract malformed(what: string): Error
}
