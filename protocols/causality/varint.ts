/** Whole numbers in as few bytes as they need: seven bits a byte, the lowest first, the last byte below 128. */
import { MalformedClockError } from '../errors.ts'

/** A safe integer takes 53 bits, which are eight groups of seven. */
const MAX_VARINT_BYTES = 8

/** A growing run of bytes. */
export class ByteWriter {
  #bytes: Uint8Array
  #length = 0

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
  }

  varint(value: number): void {
    this.#reserve(MAX_VARINT_BYTES)
    let rest = value
    // Bit operations would cut the number to 32 bits, so the groups are split off by division.
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
  }

  bytes(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start)
    for (let i = start; i < end; i++) this.#bytes[this.#length++] = source[i]!
  }

  /** A copy of what has been written. */
  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** Reads what a ByteWriter wrote. Throws MalformedClockError where the bytes end too early. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Each number has one form only: a superfluous last byte is refused, as is more than a safe integer. */
  varint(): number {
    let value = 0
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#next()
      value += (byte & 127) * 2 ** (7 * i)
      if (byte >= 128) continue
      if ((byte === 0 && i > 0) || !Number.isSafeInteger(value)) break
      return value
    }
    throw new MalformedClockError('the bytes are no clock: a number in them is not in its shortest form')
  }

  /** Copies `length` bytes to `target` from its index `at` on. */
  copy(length: number, target: Uint8Array, at: number): void {
    if (length > this.left) this.#endsEarly()
    for (let i = at; i < at + length; i++) target[i] = this.#bytes[this.#at++]!
  }

  #next(): number {
    const byte = this.#bytes[this.#at++]
    return byte === undefined ? this.#endsEarly() : byte
  }

  #endsEarly(): never {
    throw new MalformedClockError('the bytes are no clock: they end too early')
  }
}
