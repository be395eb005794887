/**
 * Who leads a view: by a priority of 0.7 stake and 0.3 reputation, the same on every validator.
 *
 * The schedule of an epoch is a smooth weighted round robin: each turn everyone's priority grows by their weight, the
 * highest leads and pays the sum of all weights. Over one round of `SLOTS` views each validator leads exactly as often
 * as its weight says, spread as evenly as can be. Stakes and reputations are those of the epoch's set, which were fixed
 * before the epoch began, so nobody can choose them with a view in mind.
 */
import type { Genesis } from './genesis.ts'
import { MAX_REPUTATION, type PublicKey, type ValidatorSet } from './types.ts'

/** Views in one round of the schedule, which is the resolution of weights: a tenth of a percent. */
export const SLOTS = 1_000

export class LeaderSchedule {
  readonly #set: ValidatorSet
  readonly #slots: Uint16Array
  readonly #offset: number

  constructor(set: ValidatorSet, genesis: Pick<Genesis, 'pos_weight' | 'pbft_weight'>) {
    this.#set = set
    this.#slots = roundOf(leaderWeights(set, genesis))
    // Epochs begin at different places of the round, or those with little weight would never lead in short ones.
    this.#offset = Number.parseInt(set.hash.slice(0, 8), 16) % SLOTS
  }

  /** The index in the set of who leads `view`. */
  leader(view: number): number {
    return this.#slots[(this.#offset + view) % SLOTS]!
  }

  validateLeader(view: number, publicKey: PublicKey): boolean {
    return this.#set.members[this.leader(view)]!.publicKey === publicKey
  }
}

/** How many of `SLOTS` views each member leads. At least one: who is in the set leads now and then. */
export function leaderWeights(
  { members, totalStake }: ValidatorSet,
  genesis: Pick<Genesis, 'pos_weight' | 'pbft_weight'>,
): number[] {
  const reputations = members.reduce((sum, { reputation }) => sum + reputation, 0)
  // Fixed point with whole numbers alone, because floating point differs in its last digit by the order of steps.
  const [stakeWeight, recordWeight] = [genesis.pos_weight, genesis.pbft_weight].map((weight) =>
    Math.round(weight * 1_000),
  )
  return shareOut(
    members.map(({ stake, reputation }) => {
      const byStake = (BigInt(stake) * SCALE) / BigInt(totalStake)
      const record = reputations === 0 ? MAX_REPUTATION : reputation
      const byRecord = (BigInt(record) * SCALE) / BigInt(reputations || MAX_REPUTATION * members.length)
      return BigInt(stakeWeight!) * byStake + BigInt(recordWeight!) * byRecord
    }),
  )
}

const SCALE = 10n ** 12n

/** Shares of `SLOTS` in proportion to `weights`: each one slot, the rest by largest remainder. */
function shareOut(weights: readonly bigint[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  const rest = BigInt(SLOTS - weights.length)
  const shares = weights.map((weight) => 1 + Number((weight * rest) / total))
  const remainders = weights.map((weight, index) => ({ index, left: (weight * rest) % total }))
  remainders.sort((a, b) => (a.left === b.left ? a.index - b.index : a.left > b.left ? -1 : 1))
  let open = SLOTS - shares.reduce((sum, share) => sum + share, 0)
  for (const { index } of remainders) if (open-- > 0) shares[index]!++
  return shares
}

function roundOf(weights: readonly number[]): Uint16Array {
  const slots = new Uint16Array(SLOTS)
  const priorities = weights.map(() => 0)
  for (let slot = 0; slot < SLOTS; slot++) {
    let next = 0
    for (let i = 0; i < weights.length; i++) {
      priorities[i]! += weights[i]!
      if (priorities[i]! > priorities[next]!) next = i
    }
    priorities[next]! -= SLOTS
    slots[slot] = next
  }
  return slots
}
