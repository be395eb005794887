/** Reads the numbers and strings of Automerge's binary form. Throws MalformedError where there is none. */

/** Bytes are not in the form that they are said to be in. */
export class MalformedError extends Error {
  override get name(): string {
    return 'MalformedError'
  }
}

/** They stand for more than is allowed. */
export class TooLargeError extends MalformedError {}

export class ByteReader {
  readonly bytes: Uint8Array
  at: number
  readonly end: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  get done(): boolean {
    return this.at >= this.end
  }

  byte(): number {
    if (this.at >= this.end) throw new MalformedError('it ends too early')
    return this.bytes[this.at++] as number
  }

  take(length: number): Uint8Array {
    if (length > this.end - this.at) throw new MalformedError('it ends too early')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** A whole number from 0, in seven bits a byte. */
  unsigned(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte()
      value += (byte & 0x7f) * factor
      if (value > Number.MAX_SAFE_INTEGER || factor > 2 ** 56)
        throw new MalformedError('a number is too large')
      if (byte < 0x80) return value
    }
  }

  /** A whole number, in seven bits a byte as the complement of two. */
  signed(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte()
      if (factor > 2 ** 56) throw new MalformedError('a number is too large')
      if (byte >= 0x80) {
        value += (byte & 0x7f) * factor
        continue
      }
      // The sign is in the last byte; taken off only afterwards it would cost large numbers their last digits.
      value += ((byte & 0x40) === 0 ? byte : byte - 0x80) * factor
      if (!Number.isSafeInteger(value)) throw new MalformedError('a number is too large')
      return value
    }
  }

  /** As many bytes as the number before them says. */
  prefixed(): Uint8Array {
    return this.take(this.unsigned())
  }

  hex(length: number): string {
    return hex(this.take(length))
  }
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
