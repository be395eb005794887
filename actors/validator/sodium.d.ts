/** What is used of `sodium-native`, which comes without types: https://sodium-friends.github.io/docs/docs/signing */
declare module 'sodium-native' {
  interface Sodium {
    /** Fills `publicKey` (32 bytes) and `secretKey` (64 bytes) by `seed` (32 bytes). */
    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
    /** Fills `signature` (64 bytes). */
    crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
  }
  const sodium: Sodium
  export default sodium
}
