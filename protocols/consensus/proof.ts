/** Judges a proof that came as bytes, with nothing but the genesis document. */
import { decodeProofFile } from './codec/proof-file.ts'
import type { Genesis } from './genesis.ts'
import type { IncludedTransaction } from './ledger/inclusion.ts'
import { LightClient, type ProofCrypto } from './light-client.ts'
import type { BlockHeader, ValidatorSet } from './types.ts'
import { indicesOf } from './validator-set.ts'

export interface Proven {
  readonly transaction: IncludedTransaction
  /** Of the block that holds it. */
  readonly header: BlockHeader
  /** Who voted in its epoch. */
  readonly validators: ValidatorSet
  /** How much of their stake signed for it. */
  readonly signedStake: number
}

/** Throws MalformedBytesError for what is no proof, and InvalidProofError for one that shows nothing. */
export function verifyProof(genesis: Genesis, bytes: Uint8Array, crypto: ProofCrypto): Proven {
  const { epochs, transaction: proof } = decodeProofFile(bytes)
  const client = new LightClient(genesis, crypto)
  for (const epoch of epochs) client.advance(epoch)
  const { header, ...transaction } = client.transaction(proof)
  const validators = client.validatorsOf(header.epoch)!
  const signedStake = indicesOf(proof.finality.certificate.signers).reduce(
    (sum, index) => sum + validators.members[index]!.stake,
    0,
  )
  return { transaction, header, validators, signedStake }
}
