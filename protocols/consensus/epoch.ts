/**
 * An epoch: a run of blocks by one validator set, and how the next set comes about.
 *
 *   first ─────────── blocks ─────────── freeze ── pipeline_depth blocks ── last │ first of the next
 *                                          └─ stakes, jails, record: the next set ─► header of the last block
 *
 * The state that a header shows lags by at most the pipeline's depth, so at the freeze the next set is known to all who
 * vote for the last block, and the old set certifies it: by that, a light client follows the epochs.
 */
import type { Genesis, Parameters } from './genesis.ts'
import { clampParameters, genesisValidators } from './genesis.ts'
import { LeaderSchedule } from './leader.ts'
import { VotingRecord } from './reputation.ts'
import {
  type Application,
  type Block,
  type Candidate,
  type Crypto,
  type Hash,
  MAX_REPUTATION,
  type PublicKey,
  type ValidatorSet,
} from './types.ts'
import { compareKeys, createValidatorSet, rankCandidates } from './validator-set.ts'

/** The newest final block, in what the next one depends on. */
export interface Tip {
  readonly height: number
  readonly hash: Hash
  readonly timestampMs: number
  readonly stateHeight: number
}

/** With what an epoch begins. */
export interface EpochSeed {
  readonly set: ValidatorSet
  readonly parameters: Parameters
  /** The last block of the epoch before, or the genesis. */
  readonly tip: Tip
  /** Roots of the states that headers may still show, the newest last. */
  readonly roots: readonly { readonly height: number; readonly root: Hash }[]
}

export function genesisSeed(genesis: Genesis, chain: Hash, root: Hash, crypto: Crypto): EpochSeed {
  return {
    set: genesisValidators(genesis, crypto),
    parameters: genesis.parameters,
    tip: { height: 0, hash: chain, timestampMs: genesis.genesis_time, stateHeight: 0 },
    roots: [{ height: 0, root }],
  }
}

export class Epoch {
  readonly seed: EpochSeed
  readonly schedule: LeaderSchedule
  readonly last: number
  readonly #freeze: number
  readonly #genesis: Genesis
  readonly #crypto: Crypto
  readonly #record: VotingRecord
  #next: { readonly set: ValidatorSet; readonly parameters: Parameters } | undefined

  constructor(seed: EpochSeed, genesis: Genesis, crypto: Crypto) {
    this.seed = seed
    this.schedule = new LeaderSchedule(seed.set, genesis)
    this.last = seed.tip.height + genesis.epoch_length
    this.#freeze = this.last - genesis.bounds.pipeline_depth[1]
    this.#genesis = genesis
    this.#crypto = crypto
    this.#record = new VotingRecord(seed.set)
  }

  get set(): ValidatorSet {
    return this.seed.set
  }

  /** Known from the freeze on. */
  get next(): { readonly set: ValidatorSet; readonly parameters: Parameters } | undefined {
    return this.#next
  }

  /** Takes in a final block of the epoch, after it has been applied. */
  count(block: Block, application: Application): void {
    const { height } = block.header
    if (height > this.#freeze) return
    this.#record.count(block)
    if (height < this.#freeze) return
    const { validator_set_size, bounds } = this.#genesis
    const members = nextStakes(this.set, application.candidates(), validator_set_size)
    const reputations = this.#record.reputations()
    const validators = [...members].map(([publicKey, stake]) => {
      return { publicKey, stake, reputation: reputations.get(publicKey) ?? MAX_REPUTATION }
    })
    const tuned = application.tuned()
    const parameters = tuned === undefined ? this.seed.parameters : clampParameters(tuned, bounds)
    this.#next = { set: createValidatorSet(this.set.epoch + 1, validators, this.#crypto), parameters }
  }
}

/**
 * The stakes with which the next epoch votes: those of the candidates with the most, except that less than a third of
 * the power goes and less than a third comes in one epoch. What is beyond that is cut off and follows in the next ones,
 * so that a quorum of the old set and one of the new always share honest members. Jailed ones go first.
 */
export function nextStakes(
  { members, totalStake }: ValidatorSet,
  candidates: readonly Candidate[],
  size: number,
): Map<PublicKey, number> {
  const stakes = new Map(members.map(({ publicKey, stake }) => [publicKey, stake]))
  const wanted = new Map(
    rankCandidates(candidates)
      .slice(0, size)
      .map(({ publicKey, stake }) => [publicKey, stake]),
  )
  // With nobody left there would be no one to decide anything: the set stays.
  if (wanted.size === 0) return stakes
  const jailed = new Set(candidates.filter((candidate) => candidate.jailed).map(({ publicKey }) => publicKey))
  const leaving = [...stakes.keys()].filter((key) => (wanted.get(key) ?? 0) < stakes.get(key)!)
  leaving.sort((a, b) => Number(jailed.has(b)) - Number(jailed.has(a)) || compareKeys(a, b))
  let budget = Math.ceil(totalStake / 3) - 1
  for (const key of leaving) {
    const stake = stakes.get(key)!
    const less = Math.min(budget, stake - (wanted.get(key) ?? 0))
    budget -= less
    if (less === stake && stakes.size > 1) stakes.delete(key)
    else stakes.set(key, Math.max(1, stake - less))
  }
  budget = Math.ceil(totalStake / 3) - 1
  for (const [key, stake] of wanted) {
    const more = Math.min(budget, stake - (stakes.get(key) ?? 0))
    if (more <= 0 || (!stakes.has(key) && stakes.size >= size)) continue
    budget -= more
    stakes.set(key, (stakes.get(key) ?? 0) + more)
  }
  return stakes
}
