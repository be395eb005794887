/** Bytes as lower-case hexadecimal digits and back. */
import { MalformedBytesError } from '../errors.ts'

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const NOT_A_DIGIT = 255
const VALUES = new Uint8Array(128).fill(NOT_A_DIGIT)
for (let value = 0; value < 16; value++) VALUES[value.toString(16).charCodeAt(0)] = value

export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (let i = 0; i < bytes.length; i++) hex += DIGITS[bytes[i]!]
  return hex
}

/** Throws MalformedBytesError for anything but an even number of lower-case hexadecimal digits. */
export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >> 1)
  writeHex(hex, bytes, 0)
  return bytes
}

/** Writes the bytes of `hex` into `target` from its index `at` on. */
export function writeHex(hex: string, target: Uint8Array, at: number): void {
  if (hex.length % 2 === 1) throw new MalformedBytesError('an odd number of hexadecimal digits')
  for (let i = 0; i < hex.length; i += 2) {
    const high = VALUES[hex.charCodeAt(i)] ?? NOT_A_DIGIT
    const low = VALUES[hex.charCodeAt(i + 1)] ?? NOT_A_DIGIT
    if (high === NOT_A_DIGIT || low === NOT_A_DIGIT)
      throw new MalformedBytesError('a character is no lower-case hexadecimal digit')
    target[at + (i >> 1)] = high * 16 + low
  }
}
