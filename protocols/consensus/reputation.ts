/**
 * The voting record of validators, from what is committed alone, so that everyone counts the same.
 *
 * A header names those whose votes its leader took for the parent's notarization. A leader takes a quorum and no more,
 * so it leaves out up to a third, and it may choose whom: taking part in two thirds of blocks is therefore as good as
 * in all, and no leader can push an honest validator below its share of a quorum for long. What is counted in one
 * epoch weighs in the next one.
 */
import { type Block, MAX_REPUTATION, type PublicKey, type Validator, type ValidatorSet } from './types.ts'
import { indicesOf } from './validator-set.ts'

/** So much of the old record stays each epoch, in quarters. */
const KEPT_QUARTERS = 3

/** Counts one epoch. */
export class VotingRecord {
  readonly #set: ValidatorSet
  readonly #signed: number[]
  readonly #offenders = new Set<PublicKey>()
  #blocks = 0

  constructor(set: ValidatorSet) {
    this.#set = set
    this.#signed = set.members.map(() => 0)
  }

  /** Takes in a final block of the epoch. */
  count({ header, evidence }: Block): void {
    for (const { offender } of evidence) this.#offenders.add(offender)
    const signers = indicesOf(header.signers)
    if (signers.length === 0) return
    this.#blocks++
    for (const index of signers) this.#signed[index]!++
  }

  /** The reputation with which each member goes into the next epoch. */
  reputations(): Map<PublicKey, number> {
    return new Map(this.#set.members.map((member, index) => [member.publicKey, this.#next(member, index)]))
  }

  #next({ publicKey, reputation }: Validator, index: number): number {
    if (this.#offenders.has(publicKey)) return 0
    if (this.#blocks === 0) return reputation
    const share = Math.floor((MAX_REPUTATION * 3 * this.#signed[index]!) / (2 * this.#blocks))
    const seen = Math.min(MAX_REPUTATION, share)
    return Math.floor((KEPT_QUARTERS * reputation + (4 - KEPT_QUARTERS) * seen) / 4)
  }
}
