/**
 * A validator's key on disk: who has the file alone can't sign with it.
 *
 *   passphrase ── scrypt ──┐
 *                          ├─► AES-256-GCM ─► seed ─► key pair
 *   file key ───── HKDF ───┘
 */
import { randomFillSync } from 'node:crypto'
import type { PublicKey } from '../../../protocols/consensus/types.ts'
import { type KeyPair, keyPairOf, SEED_BYTES } from '../crypto.ts'
import { type KeyDocument, readDocument, writeDocument } from './document.ts'
import { KeyExistsError, KeyFileInvalidError, KeyProtectedError, WrongPassphraseError } from './errors.ts'
import { readFileKey } from './file-key.ts'
import { type Secret, seal, unseal } from './sealing.ts'
import { isThere, readSecretFile, writeSecretFile } from './secret-file.ts'

/** What a key file is encrypted with: a passphrase, or what the file at this path holds. */
export type Protection = { readonly passphrase: string } | { readonly keyFile: string }

export interface KeyFile {
  readonly path: string
  readonly protection: Protection
}

/** What a key file says without being opened, which nothing vouches for until it is. */
export interface KeyFileInfo {
  readonly publicKey: PublicKey
  readonly protection: 'passphrase' | 'file key'
}

/** Makes a new key and gives its public part. Throws KeyExistsError: no file is overwritten. */
export async function createKey({ path, protection }: KeyFile): Promise<PublicKey> {
  // Otherwise the time for scrypt would be spent in vain; the writing looks again.
  if (await isThere(path)) throw new KeyExistsError(path)
  const seed = randomFillSync(new Uint8Array(SEED_BYTES))
  const { publicKey, secretKey } = keyPairOf(seed)
  try {
    const document = await withSecret(protection, (secret) => seal(seed, publicKey, secret))
    await writeSecretFile(path, writeDocument(document))
    return publicKey
  } finally {
    seed.fill(0)
    secretKey.fill(0)
  }
}

/**
 * Throws KeyExposedError where others may read the file, KeyFileInvalidError where it is damaged, KeyProtectedError
 * where it takes another protection, and WrongPassphraseError.
 */
export async function loadKey(file: {
  readonly path: string
  readonly protection: Protection | undefined
}): Promise<KeyPair> {
  const { path, protection } = file
  const document = readDocument(path, await readSecretFile(path))
  if (protection === undefined || kdfOf(protection) !== document.kdf.name)
    throw protectedOtherwise(path, document)
  const seed = await withSecret(protection, ({ bytes }) => unseal(document, bytes))
  if (seed === undefined) throw wrong(path, protection)
  try {
    const pair = keyPairOf(seed)
    if (pair.publicKey !== document.public_key)
      throw new KeyFileInvalidError(path, 'the public key in it is not that of the secret key')
    return pair
  } finally {
    seed.fill(0)
  }
}

export async function readKeyInfo(path: string): Promise<KeyFileInfo> {
  const { public_key, kdf } = readDocument(path, await readSecretFile(path, { isPublic: true }))
  return { publicKey: public_key, protection: kdf.name === 'scrypt' ? 'passphrase' : 'file key' }
}

export async function readPublicKey(path: string): Promise<PublicKey> {
  return (await readKeyInfo(path)).publicKey
}

function kdfOf(protection: Protection): Secret['kdf'] {
  return 'passphrase' in protection ? 'scrypt' : 'hkdf-sha256'
}

async function withSecret<T>(protection: Protection, run: (secret: Secret) => Promise<T>): Promise<T> {
  // The same characters can be typed as different bytes.
  const bytes =
    'passphrase' in protection
      ? Buffer.from(protection.passphrase.normalize('NFKC'))
      : await readFileKey(protection.keyFile)
  try {
    return await run({ kdf: kdfOf(protection), bytes })
  } finally {
    bytes.fill(0)
  }
}

function protectedOtherwise(path: string, { kdf }: KeyDocument): KeyProtectedError {
  const what = kdf.name === 'scrypt' ? 'a passphrase' : 'a file key'
  return new KeyProtectedError(`${path} is protected by ${what}: give that to open it`, { target: path })
}

function wrong(path: string, protection: Protection): WrongPassphraseError {
  const what = 'passphrase' in protection ? 'the passphrase' : `the file key ${protection.keyFile}`
  return new WrongPassphraseError(
    `${what} does not open ${path}: give the one that it was made with; if it is that one, the file was changed, so take it from a backup`,
    { target: path },
  )
}
