/** Encrypts the seed of a key and opens it again: scrypt or HKDF, then AES-256-GCM. */
import {
  createCipheriv,
  createDecipheriv,
  hkdf as hkdfWithCallback,
  randomBytes,
  scrypt as scryptWithCallback,
} from 'node:crypto'
import { promisify } from 'node:util'
import type { PublicKey } from '../../../protocols/consensus/types.ts'
import {
  DEFAULT_SCRYPT,
  type KeyDerivation,
  type KeyDocument,
  NONCE_BYTES,
  SALT_BYTES,
  TAG_BYTES,
} from './document.ts'

const hkdf = promisify(hkdfWithCallback)
const scrypt = promisify<Uint8Array, Uint8Array, number, object, Buffer>(scryptWithCallback)

const CIPHER = 'aes-256-gcm'
const CIPHER_KEY_BYTES = 32
const PURPOSE = 'neuroplex validator key 1'

/** What opens a key: bytes with a name for how a cipher key is made of them. */
export interface Secret {
  readonly kdf: KeyDerivation['name']
  readonly bytes: Uint8Array
}

export async function seal(seed: Uint8Array, publicKey: PublicKey, secret: Secret): Promise<KeyDocument> {
  const salt = randomBytes(SALT_BYTES).toString('hex')
  const kdf: KeyDerivation =
    secret.kdf === 'scrypt' ? { name: 'scrypt', ...DEFAULT_SCRYPT, salt } : { name: secret.kdf, salt }
  const nonce = randomBytes(NONCE_BYTES)
  const key = await derive(kdf, secret.bytes)
  try {
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(authenticated(publicKey, kdf))
    const ciphertext = Buffer.concat([cipher.update(seed), cipher.final()])
    const tag = cipher.getAuthTag()
    return {
      version: 1,
      public_key: publicKey,
      kdf,
      cipher: {
        name: CIPHER,
        nonce: nonce.toString('hex'),
        tag: tag.toString('hex'),
        ciphertext: ciphertext.toString('hex'),
      },
    }
  } finally {
    key.fill(0)
  }
}

/** The seed, which the caller overwrites when it is done; undefined where the secret does not open it. */
export async function unseal({ public_key, kdf, cipher }: KeyDocument, secret: Uint8Array) {
  const key = await derive(kdf, secret)
  const decipher = createDecipheriv(CIPHER, key, Buffer.from(cipher.nonce, 'hex'), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(authenticated(public_key, kdf))
  decipher.setAuthTag(Buffer.from(cipher.tag, 'hex'))
  const seed = decipher.update(Buffer.from(cipher.ciphertext, 'hex'))
  try {
    decipher.final()
    return seed
  } catch {
    seed.fill(0)
    return undefined
  } finally {
    key.fill(0)
  }
}

async function derive(kdf: KeyDerivation, secret: Uint8Array): Promise<Uint8Array> {
  const salt = Buffer.from(kdf.salt, 'hex')
  if (kdf.name === 'hkdf-sha256')
    return new Uint8Array(await hkdf('sha256', secret, salt, PURPOSE, CIPHER_KEY_BYTES))
  const { n: N, r, p } = kdf
  // What scrypt works on, and a little for itself.
  const maxmem = 128 * r * (N + p + 2)
  return scrypt(secret, salt, CIPHER_KEY_BYTES, { N, r, p, maxmem })
}

function authenticated(publicKey: PublicKey, kdf: KeyDerivation): Buffer {
  const { name, salt } = kdf
  const parameters = kdf.name === 'scrypt' ? [kdf.n, kdf.r, kdf.p] : []
  return Buffer.from(JSON.stringify([PURPOSE, publicKey, name, salt, ...parameters]))
}
