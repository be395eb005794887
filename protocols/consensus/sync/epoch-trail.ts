/** Follows the validators from a set that is known to the newest one that is shown, and judges offers by them. */
import { hashHeader } from '../codec/block.ts'
import type { SnapshotOffer } from '../codec/sync.ts'
import type { Tip } from '../epoch.ts'
import { InvalidProofError } from '../errors.ts'
import type { Genesis } from '../genesis.ts'
import { type EpochProof, LightClient, type ProofCrypto } from '../light-client.ts'
import { tipOf } from '../simplex/proposal.ts'
import type { ValidatorSet } from '../types.ts'

/** Epochs whose beginning is remembered, the newest: peers offer the snapshots of the last few. */
const KEPT_EPOCHS = 8

/** With what an epoch begins, as certified headers show it. */
export interface Beginning {
  readonly tip: Tip
  readonly set: ValidatorSet
}

export class EpochTrail {
  readonly #client: LightClient
  readonly #crypto: ProofCrypto
  readonly #beginnings = new Map<number, Beginning>()

  constructor(genesis: Genesis, crypto: ProofCrypto, known: ValidatorSet) {
    this.#client = new LightClient(genesis, crypto, known)
    this.#crypto = crypto
  }

  /** The newest one that it knows. */
  get validators(): ValidatorSet {
    return this.#client.validators
  }

  beginning(epoch: number): Beginning | undefined {
    return this.#beginnings.get(epoch)
  }

  /** Goes on by those that are news, and tells of each; throws InvalidProofError. */
  follow(proofs: readonly EpochProof[], advanced: (epoch: number, proof: EpochProof) => void): void {
    for (const proof of proofs) {
      const [last] = proof.finality.headers
      if (last === undefined) throw new InvalidProofError('there is no header')
      const { epoch } = this.#client
      if (last.epoch < epoch) continue
      this.#client.advance(proof)
      this.#beginnings.set(epoch + 1, {
        tip: tipOf(last, hashHeader(last, this.#crypto)),
        set: this.#client.validators,
      })
      this.#beginnings.delete(epoch + 1 - KEPT_EPOCHS)
      advanced(epoch, proof)
    }
  }

  /** Throws InvalidProofError unless a final block of the epoch shows the state that the snapshot claims to be of. */
  judge({ manifest, witness }: SnapshotOffer, epoch: number, { tip }: Beginning): void {
    if (
      manifest.height !== tip.height ||
      manifest.timestampMs !== tip.timestampMs ||
      manifest.epoch !== epoch - 1
    )
      throw new InvalidProofError('the snapshot is not of the last block of the epoch')
    const header = this.#client.finalHeader(witness)
    if (header.epoch !== epoch || header.stateHeight !== manifest.height)
      throw new InvalidProofError('the block shows another state')
    if (header.stateRoot !== manifest.stateRoot)
      throw new InvalidProofError('the state of the chain has another root')
  }
}
