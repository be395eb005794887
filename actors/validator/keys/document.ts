/**
 * What a key file holds, as JSON: the seed of a key pair under a key that is derived from a passphrase or a file key.
 * Everything but the ciphertext is authenticated with it, so a file in which anything was changed does not open.
 */
import type { PublicKey } from '../../../protocols/consensus/types.ts'
import { SEED_BYTES } from '../crypto.ts'
import { KeyFileInvalidError } from './errors.ts'

export const SALT_BYTES = 32
export const NONCE_BYTES = 12
export const TAG_BYTES = 16

export interface ScryptParameters {
  readonly n: number
  readonly r: number
  readonly p: number
}

/** 128 MiB and some tenths of a second for each guess. */
export const DEFAULT_SCRYPT: ScryptParameters = { n: 2 ** 17, r: 8, p: 1 }
/** A file that asks for less was weakened, one that asks for more than 1 GiB is meant to exhaust memory. */
const MIN_N = DEFAULT_SCRYPT.n
const MAX_N = 2 ** 20
const MAX_P = 4

export type KeyDerivation =
  | ({ readonly name: 'scrypt'; readonly salt: string } & ScryptParameters)
  | { readonly name: 'hkdf-sha256'; readonly salt: string }

/** Bytes are hexadecimal. */
export interface KeyDocument {
  readonly version: 1
  readonly public_key: PublicKey
  readonly kdf: KeyDerivation
  readonly cipher: {
    readonly name: 'aes-256-gcm'
    readonly nonce: string
    readonly tag: string
    readonly ciphertext: string
  }
}

export function writeDocument(document: KeyDocument): Buffer {
  return Buffer.from(`${JSON.stringify(document, undefined, 2)}\n`)
}

/** Throws KeyFileInvalidError that says what is wrong. */
export function readDocument(path: string, bytes: Uint8Array): KeyDocument {
  const fail = (problem: string): never => {
    throw new KeyFileInvalidError(path, problem)
  }
  const document = parse(bytes) ?? fail('it is no JSON object')
  if (document.version !== 1)
    fail(`version ${shown(document.version)} is not known to this release, which reads version 1`)
  const kdf = objectOf(document.kdf) ?? fail('kdf is missing')
  const cipher = objectOf(document.cipher) ?? fail('cipher is missing')
  const hex = (name: string, value: unknown, length: number): string =>
    isHex(value, length) ? value : fail(`${name} has to be ${2 * length} lower-case hexadecimal digits`)
  if (cipher.name !== 'aes-256-gcm') fail(`the cipher ${shown(cipher.name)} is not known`)
  return {
    version: 1,
    public_key: hex('public_key', document.public_key, 32),
    kdf: derivation(kdf, hex('kdf.salt', kdf.salt, SALT_BYTES), fail),
    cipher: {
      name: 'aes-256-gcm',
      nonce: hex('cipher.nonce', cipher.nonce, NONCE_BYTES),
      tag: hex('cipher.tag', cipher.tag, TAG_BYTES),
      ciphertext: hex('cipher.ciphertext', cipher.ciphertext, SEED_BYTES),
    },
  }
}

function derivation(
  { name, n, r, p }: Fields,
  salt: string,
  fail: (problem: string) => never,
): KeyDerivation {
  if (name === 'hkdf-sha256') return { name, salt }
  if (name !== 'scrypt') return fail(`the key derivation ${shown(name)} is not known`)
  if (!isWhole(n, MIN_N, MAX_N) || !Number.isInteger(Math.log2(n)))
    return fail(`kdf.n has to be a power of two from ${MIN_N} to ${MAX_N}, not ${shown(n)}`)
  if (r !== DEFAULT_SCRYPT.r) return fail(`kdf.r has to be ${DEFAULT_SCRYPT.r}, not ${shown(r)}`)
  if (!isWhole(p, 1, MAX_P)) return fail(`kdf.p has to be from 1 to ${MAX_P}, not ${shown(p)}`)
  return { name, n, r, p, salt }
}

type Fields = Readonly<Record<string, unknown>>

function parse(bytes: Uint8Array): Fields | undefined {
  try {
    return objectOf(JSON.parse(Buffer.from(bytes).toString()))
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined
}

function isHex(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length === 2 * length && /^[0-9a-f]+$/.test(value)
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 40)
}
