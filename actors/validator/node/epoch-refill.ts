/**
 * Gets proofs of epochs that are missing here, as where their file was damaged, from the other validators. What is
 * believed follows from the validators of the last epoch before that is proved here.
 *
 *   get-proofs ──► one peer after the other
 *   ◄── proofs ──► each by the validators that the one before names ──► archive ──► what is still missing?
 */
import type { EpochProofs, SyncMessage } from '../../../protocols/consensus/codec/sync.ts'
import { InvalidProofError } from '../../../protocols/consensus/errors.ts'
import { type Genesis, genesisValidators } from '../../../protocols/consensus/genesis.ts'
import { LightClient } from '../../../protocols/consensus/light-client.ts'
import type { PublicKey, ValidatorSet } from '../../../protocols/consensus/types.ts'
import { createValidatorSet } from '../../../protocols/consensus/validator-set.ts'
import type { BlockArchive } from '../../../storage/block-store/block-archive.ts'
import { crypto } from '../crypto.ts'
import type { BlockKeeping } from './block-keeping.ts'

/** Who has not answered after this time is passed over. */
const ASK_MS = 3_000
/** When all were asked in vain, they are asked again after this time. */
const REST_MS = 60_000

export interface RefillShell {
  readonly genesis: Genesis
  readonly archive: BlockArchive
  readonly keeping: BlockKeeping
  readonly self: PublicKey
  now(): number
  /** Of the present epoch: those before it have proofs. */
  validators(): ValidatorSet
  sync(to: PublicKey, message: SyncMessage): void
  invalid(peer: PublicKey, what: string): void
  /** Runs it where what is said has a sender. */
  inTurn(run: () => void): void
  failed(error: unknown): void
}

interface Question {
  readonly peer: PublicKey
  readonly epoch: number
  /** Who voted in that epoch. */
  readonly validators: ValidatorSet
}

export class EpochRefill {
  readonly #shell: RefillShell
  #asked: Question | undefined
  #dueMs = Number.POSITIVE_INFINITY
  /** Peers in a row that had nothing to give. */
  #vain = 0
  #isLooking = false

  constructor(shell: RefillShell) {
    this.#shell = shell
  }

  get dueMs(): number {
    return this.#dueMs
  }

  tick(): void {
    if (this.#shell.now() < this.#dueMs) return
    this.#vain = this.#asked === undefined ? 0 : this.#vain + 1
    this.#asked = undefined
    this.look()
  }

  /** Asks for what is missing; nothing where it is asked for already. */
  look(): void {
    if (this.#asked !== undefined || this.#isLooking) return
    this.#isLooking = true
    this.#dueMs = Number.POSITIVE_INFINITY
    this.#missing().then(
      (missing) =>
        this.#shell.inTurn(() => {
          this.#isLooking = false
          if (missing !== undefined) this.#ask(missing)
        }),
      (error) => this.#shell.failed(error),
    )
  }

  message(from: PublicKey, { proofs }: EpochProofs): void {
    const asked = this.#asked
    if (asked?.peer !== from) return
    const { genesis, keeping, invalid } = this.#shell
    const client = new LightClient(genesis, crypto, asked.validators)
    try {
      for (const proof of proofs) {
        const { epoch } = client
        client.advance(proof)
        keeping.keepEpoch(epoch, proof)
      }
    } catch (error) {
      if (!(error instanceof InvalidProofError)) throw error
      invalid(from, `proofs of epochs: ${error.message}`)
    }
    this.#asked = undefined
    this.#vain = client.epoch > asked.epoch ? 0 : this.#vain + 1
    this.look()
  }

  async #missing(): Promise<Omit<Question, 'peer'> | undefined> {
    const { archive, genesis, keeping, validators } = this.#shell
    await keeping.settled()
    const epoch = await archive.missingEpochProof(validators().epoch)
    if (epoch === undefined) return undefined
    if (epoch === 0) return { epoch, validators: genesisValidators(genesis, crypto) }
    const [before] = await archive.epochProofs(epoch - 1, 1)
    // What can't be read is missing itself, and is told so the next time.
    return before && { epoch, validators: createValidatorSet(epoch, before.validators, crypto) }
  }

  #ask({ epoch, validators }: Omit<Question, 'peer'>): void {
    const { now, self, sync, validators: present } = this.#shell
    const peers = present().members.filter(({ publicKey }) => publicKey !== self)
    if (this.#vain >= peers.length) {
      this.#dueMs = now() + REST_MS
      return
    }
    const peer = peers[(epoch + this.#vain) % peers.length]!.publicKey
    this.#asked = { peer, epoch, validators }
    this.#dueMs = now() + ASK_MS
    sync(peer, { kind: 'get-proofs', epoch })
  }
}
