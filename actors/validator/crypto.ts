/**
 * Hashing and ed25519 for validators and light clients. Verifiers differ in what they make of malformed keys and
 * signatures, and validators that differ would fork a chain: this one, libsodium's, is the only one, in one version.
 */
import { hash } from 'node:crypto'
import sodium from 'sodium-native'
import { fromHex, toHex } from '../../protocols/consensus/codec/hex.ts'
import type { SignatureCheck } from '../../protocols/consensus/events.ts'
import type { ProofCrypto } from '../../protocols/consensus/light-client.ts'
import { type PublicKey, SIGNATURE_BYTES } from '../../protocols/consensus/types.ts'

export const SEED_BYTES = 32
const PUBLIC_KEY_BYTES = 32
const SECRET_KEY_BYTES = 64
/** Keys of validators and of those who send transactions; a forgotten one is only read anew. */
const KNOWN_KEYS = 4_096

export interface KeyPair {
  readonly publicKey: PublicKey
  /** 64 bytes, as libsodium has them: the seed and the public key. */
  readonly secretKey: Uint8Array
}

/** @param seed 32 bytes that nobody else knows */
export function keyPairOf(seed: Uint8Array): KeyPair {
  const publicKey = new Uint8Array(PUBLIC_KEY_BYTES)
  const secretKey = new Uint8Array(SECRET_KEY_BYTES)
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed)
  return { publicKey: toHex(publicKey), secretKey }
}

/** 64 bytes. */
export function signatureOf(bytes: Uint8Array, { secretKey }: KeyPair): Uint8Array {
  const signature = new Uint8Array(SIGNATURE_BYTES)
  sodium.crypto_sign_detached(signature, bytes, secretKey)
  return signature
}

export function isValid({ key, bytes, signature }: SignatureCheck): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false
  return sodium.crypto_sign_verify_detached(signature, bytes, bytesOf(key))
}

export const crypto: ProofCrypto = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  verify: isValid,
}

const known = new Map<PublicKey, Uint8Array>()

function bytesOf(key: PublicKey): Uint8Array {
  let bytes = known.get(key)
  if (bytes === undefined) {
    if (known.size >= KNOWN_KEYS) known.clear()
    known.set(key, (bytes = fromHex(key)))
  }
  return bytes
}
