/**
 * Judges proofs with nothing but the genesis document: that a block is final, that a transaction is in it, that the
 * state holds something. It follows the validators from epoch to epoch by the last block of each, whose header names
 * the next set.
 *
 *   genesis ─► set of epoch 0 ─ certifies ─► last block of epoch 0 ─ names ─► set of epoch 1 ─► ...
 *
 * What it rests on is that in no epoch more than a third of the stake signed falsely, then or later: keys of
 * validators that left long ago can still sign for their old epochs, so they have to be kept or destroyed.
 */

import { certificateChecks, certificateProblem } from './certificate.ts'
import { hashHeader } from './codec/block.ts'
import { InvalidProofError, MalformedBytesError } from './errors.ts'
import type { SignatureCheck } from './events.ts'
import { type Genesis, genesisValidators, hashGenesis } from './genesis.ts'
import { type IncludedTransaction, type InclusionProof, verifyInclusion } from './ledger/inclusion.ts'
import { type StateProof, verifyStateProof } from './state/chain-state.ts'
import {
  type BlockHeader,
  type Crypto,
  type FinalityProof,
  type Hash,
  NO_HASH,
  type Validator,
  type ValidatorSet,
} from './types.ts'
import { createValidatorSet } from './validator-set.ts'

/** What a light client takes from outside. */
export interface ProofCrypto extends Crypto {
  verify(check: SignatureCheck): boolean
}

/** The last block of an epoch is final, and these vote in the next one. */
export interface EpochProof {
  readonly finality: FinalityProof
  readonly validators: readonly Validator[]
}

/** A transaction is in a final block. */
export interface TransactionProof {
  readonly finality: FinalityProof
  readonly inclusion: InclusionProof
}

/** The state that a final block shows has an entry. */
export interface EntryStateProof {
  readonly finality: FinalityProof
  readonly state: StateProof
}

/** Sets of this many epochs are kept, the newest: proofs of earlier epochs take a client that starts anew. */
const KEPT_EPOCHS = 64

export class LightClient {
  readonly #chain: Hash
  readonly #crypto: ProofCrypto
  readonly #sets = new Map<number, ValidatorSet>()
  #epoch: number

  /** @param known the validators of an epoch that the client knows to be right; those of the genesis if left out */
  constructor(genesis: Genesis, crypto: ProofCrypto, known = genesisValidators(genesis, crypto)) {
    this.#chain = hashGenesis(genesis, crypto)
    this.#crypto = crypto
    this.#epoch = known.epoch
    this.#sets.set(known.epoch, known)
  }

  /** The newest epoch whose validators it knows. */
  get epoch(): number {
    return this.#epoch
  }

  get validators(): ValidatorSet {
    return this.#sets.get(this.#epoch)!
  }

  /** Who votes in an epoch; undefined where that is not known, or no longer. */
  validatorsOf(epoch: number): ValidatorSet | undefined {
    return this.#sets.get(epoch)
  }

  /** Goes on to the next epoch; throws InvalidProofError where it is not shown. */
  advance({ finality, validators }: EpochProof): void {
    const header = this.finalHeader(finality)
    if (header.epoch !== this.#epoch) fail(`it is of epoch ${header.epoch}, not of ${this.#epoch}`)
    if (header.nextValidators === NO_HASH) fail('the block is not the last of its epoch')
    const next = createValidatorSet(header.epoch + 1, validators, this.#crypto)
    if (next.hash !== header.nextValidators) fail('these are not the next validators')
    this.#epoch = next.epoch
    this.#sets.set(next.epoch, next)
    this.#sets.delete(next.epoch - KEPT_EPOCHS)
  }

  /** The header of the block that is shown to be final; throws InvalidProofError where it is not. */
  finalHeader({ headers, certificate }: FinalityProof): BlockHeader {
    const [first] = headers
    if (first === undefined) fail('there is no header')
    const set = this.#sets.get(first.epoch)
    if (set === undefined) fail(`the validators of epoch ${first.epoch} are not known`)
    if (certificate.kind !== 'finalize') fail('the certificate is not for a final block')
    if (this.#chained(headers, set) !== certificate.block) fail('the certificate is for another block')
    const problem = certificateProblem(certificate, set)
    if (problem !== undefined) fail(`the certificate does not count: ${problem}`)
    for (const check of certificateChecks(certificate, set, this.#chain))
      if (!this.#crypto.verify(check)) fail(`the signature of ${check.key} is wrong`)
    return first
  }

  /** The transaction that is shown to be in a final block; throws InvalidProofError where it is not. */
  transaction({
    finality,
    inclusion,
  }: TransactionProof): IncludedTransaction & { readonly header: BlockHeader } {
    const header = this.finalHeader(finality)
    const included = judged(() => verifyInclusion(header.transactions, inclusion, this.#crypto))
    if (included === undefined) fail('the block does not hold the transaction')
    return { ...included, header }
  }

  /** What a state machine has under a key, after the block of the header's `stateHeight`; throws InvalidProofError. */
  entry({ finality, state }: EntryStateProof): StateProof & { readonly header: BlockHeader } {
    const header = this.finalHeader(finality)
    if (!judged(() => verifyStateProof(header.stateRoot, state, this.#crypto)))
      fail('the state does not hold the entry')
    return { ...state, header }
  }

  /** The hash of the last header, when each is the parent of the next. */
  #chained(headers: readonly BlockHeader[], { epoch, hash }: ValidatorSet): Hash {
    let parent: { readonly hash: Hash; readonly height: number } | undefined
    for (const header of headers) {
      if (header.chain !== this.#chain) fail('it is of another chain')
      if (header.epoch !== epoch || header.validators !== hash) fail('a header is of another epoch')
      if (parent !== undefined && (header.parent !== parent.hash || header.height !== parent.height + 1))
        fail('a header is not the child of the one before')
      parent = { hash: hashHeader(header, this.#crypto), height: header.height }
    }
    return parent!.hash
  }
}

/** What is read out of bytes within a proof may be nonsense. */
function judged<T>(verify: () => T): T {
  try {
    return verify()
  } catch (error) {
    if (error instanceof MalformedBytesError) fail(error.message)
    throw error
  }
}

function fail(problem: string): never {
  throw new InvalidProofError(problem)
}
