/**
 * A key on disk: a JSON document with the public key, and the seed encrypted by AES-256-GCM under a key that scrypt
 * derives from a passphrase, or HKDF from a file of random bytes. The public key is authenticated along with it, so
 * that neither can be exchanged for another one.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scrypt } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { PublicKey } from '../../../protocols/consensus/types.ts'
import { type KeyPair, keyPairOf, SEED_BYTES } from '../crypto.ts'
import { InvalidKeyFileError, WrongPassphraseError } from './errors.ts'
import { readPrivate, writePrivate } from './private-file.ts'

/** What opens a key: a passphrase, or the path of a file with 32 random bytes as hexadecimal digits. */
export type Protection = { readonly passphrase: string } | { readonly keyFile: string }

const VERSION = 1
const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** About half a second and 128 MiB. */
const COST = 2 ** 17
const BLOCK_SIZE = 8
/** What a file may ask for: less would be too easy to guess, more would exhaust the memory. */
const COSTS = [2 ** 15, 2 ** 20] as const
const INFO = 'neuroplex key 1'

interface Document {
  readonly version: number
  readonly public_key: PublicKey
  readonly kdf:
    | { readonly name: 'scrypt'; readonly cost: number; readonly salt: string }
    | { readonly name: 'hkdf'; readonly salt: string }
  readonly cipher: typeof CIPHER
  readonly nonce: string
  readonly tag: string
  readonly ciphertext: string
}

export interface KeyLocation {
  readonly path: string
  readonly protection: Protection | undefined
}

/** Makes a key and keeps it; the file of a `keyFile` is made where it is not there. Rejects with KeyExistsError. */
export async function createKey({
  path,
  protection,
}: KeyLocation & { readonly protection: Protection }): Promise<PublicKey> {
  const seed = randomBytes(SEED_BYTES)
  try {
    const { publicKey } = keyPairOf(seed)
    const salt = randomBytes(SALT_BYTES)
    const kdf: Document['kdf'] =
      'passphrase' in protection
        ? { name: 'scrypt', cost: COST, salt: salt.toString('hex') }
        : { name: 'hkdf', salt: salt.toString('hex') }
    if ('keyFile' in protection && !existsSync(protection.keyFile)) await createKeyFile(protection.keyFile)
    const secret = await secretOf(kdf, protection, path)
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, secret, nonce)
    cipher.setAAD(Buffer.from(publicKey, 'hex'))
    const ciphertext = Buffer.concat([cipher.update(seed), cipher.final()])
    secret.fill(0)
    const document: Document = {
      ...{ version: VERSION, public_key: publicKey, kdf, cipher: CIPHER, nonce: nonce.toString('hex') },
      tag: cipher.getAuthTag().toString('hex'),
      ciphertext: ciphertext.toString('hex'),
    }
    await writePrivate(path, `${JSON.stringify(document, undefined, 2)}\n`)
    return publicKey
  } finally {
    seed.fill(0)
  }
}

/** Rejects with WrongPassphraseError, InvalidKeyFileError and ExposedKeyError. */
export async function loadKey({ path, protection }: KeyLocation): Promise<KeyPair> {
  const document = await readDocument(path)
  const { kdf, nonce, tag, ciphertext, public_key: publicKey } = document
  const secret = await secretOf(kdf, protection, path)
  const decipher = createDecipheriv(CIPHER, secret, Buffer.from(nonce, 'hex'), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(publicKey, 'hex'))
  decipher.setAuthTag(Buffer.from(tag, 'hex'))
  const seed = decipher.update(Buffer.from(ciphertext, 'hex'))
  try {
    try {
      decipher.final()
    } catch {
      throw new WrongPassphraseError(path)
    }
    const pair = keyPairOf(seed)
    if (pair.publicKey !== publicKey) throw new InvalidKeyFileError(path, 'its public key is of another seed')
    return pair
  } finally {
    secret.fill(0)
    seed.fill(0)
  }
}

export interface KeyDescription {
  readonly publicKey: PublicKey
  readonly protection: 'passphrase' | 'key file'
}

/** What can be known without opening it. */
export async function describeKey(path: string): Promise<KeyDescription> {
  const { public_key: publicKey, kdf } = await readDocument(path)
  return { publicKey, protection: kdf.name === 'scrypt' ? 'passphrase' : 'key file' }
}

/** Writes a new file of random bytes that opens keys. */
export async function createKeyFile(path: string): Promise<void> {
  await writePrivate(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`)
}

async function secretOf(
  kdf: Document['kdf'],
  protection: Protection | undefined,
  path: string,
): Promise<Buffer> {
  const salt = Buffer.from(kdf.salt, 'hex')
  if (protection === undefined || (kdf.name === 'scrypt') !== 'passphrase' in protection)
    throw new WrongPassphraseError(path)
  if (kdf.name === 'scrypt' && 'passphrase' in protection)
    return derive(protection.passphrase, salt, kdf.cost)
  const { keyFile } = protection as { readonly keyFile: string }
  const text = (await readPrivate(keyFile)).trim()
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new InvalidKeyFileError(keyFile, 'it has to be 64 hexadecimal digits')
  return Buffer.from(hkdfSync('sha256', Buffer.from(text, 'hex'), salt, INFO, KEY_BYTES))
}

function derive(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  // What looks the same is the same, however the keyboard composes it.
  const text = passphrase.normalize('NFKC')
  const options = { N: cost, r: BLOCK_SIZE, p: 1, maxmem: 256 * BLOCK_SIZE * cost }
  return new Promise((resolve, reject) =>
    scrypt(text, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error))),
  )
}

async function readDocument(path: string): Promise<Document> {
  const text = await readPrivate(path)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InvalidKeyFileError(path, 'it is no JSON')
  }
  const problem = documentProblem(value)
  if (problem !== undefined) throw new InvalidKeyFileError(path, problem)
  return value as Document
}

function documentProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is no object'
  const document = value as Partial<Record<keyof Document, unknown>>
  if (document.version !== VERSION) return `its version is ${String(document.version)}, not ${VERSION}`
  if (document.cipher !== CIPHER) return `its cipher is not ${CIPHER}`
  for (const [name, bytes] of [
    ['public_key', 32],
    ['nonce', NONCE_BYTES],
    ['tag', TAG_BYTES],
    ['ciphertext', SEED_BYTES],
  ] as const)
    if (!isHex(document[name], bytes)) return `${name} has to be ${2 * bytes} hexadecimal digits`
  return kdfProblem(document.kdf)
}

function kdfProblem(kdf: unknown): string | undefined {
  if (typeof kdf !== 'object' || kdf === null) return 'kdf is missing'
  const { name, cost, salt } = kdf as { name?: unknown; cost?: unknown; salt?: unknown }
  if (!isHex(salt, SALT_BYTES)) return `kdf.salt has to be ${2 * SALT_BYTES} hexadecimal digits`
  if (name === 'hkdf') return undefined
  if (name !== 'scrypt') return `there is no kdf "${String(name)}"`
  const [least, most] = COSTS
  const isCost =
    Number.isInteger(Math.log2(cost as number)) && (cost as number) >= least && (cost as number) <= most
  return isCost ? undefined : `kdf.cost has to be a power of two from ${least} to ${most}`
}

function isHex(value: unknown, bytes: number): boolean {
  return typeof value === 'string' && value.length === 2 * bytes && /^[0-9a-f]*$/.test(value)
}
