/** Judges a proof that came as bytes, with nothing but the genesis document. */
import { decodeProofFile } from './codec/proof-file.ts'
import type { Genesis } from './genesis.ts'
import type { IncludedTransaction } from './ledger/inclusion.ts'
import { LightClient, type ProofCrypto } from './light-client.ts'
import type { BlockHeader, Validator, ValidatorSet } from './types.ts'
import { indicesOf } from './validator-set.ts'

export interface Proven {
  readonly transaction: IncludedTransaction
  /** Of the block that holds it. */
  readonly header: BlockHeader
  /** Who voted in its epoch. */
  readonly validators: ValidatorSet
  /** Those of them whose signatures make the block final. */
  readonly signers: readonly Validator[]
  /** The stake of the signers. */
  readonly signedStake: number
}

/** Throws MalformedBytesError for what is no proof, and InvalidProofError for one that shows nothing. */
export function verifyProof(genesis: Genesis, bytes: Uint8Array, crypto: ProofCrypto): Proven {
  const { epochs, transaction: proof } = decodeProofFile(bytes)
  const client = new LightClient(genesis, crypto)
  for (const epoch of epochs) client.advance(epoch)
  const { header, ...transaction } = client.transaction(proof)
  const validators = client.validatorsOf(header.epoch)!
  const signers = indicesOf(proof.finality.certificate.signers).map((index) => validators.members[index]!)
  const signedStake = signers.reduce((sum, { stake }) => sum + stake, 0)
  return { transaction, header, validators, signers, signedStake }
}
