/** What a seed does to the validators. */
import { createGenesis, type Genesis } from '../../../../protocols/consensus/genesis.ts'
import type { Random } from './random.ts'
import { keyOf } from './signing.ts'

export const START_MS = 1_000_000

export interface Scenario {
  readonly genesis: Genesis
  /** Those that lie, by index; less than a third of the stake together, unless the scenario is to fork. */
  readonly liars: ReadonlySet<number>
  /** A liar that runs twice with one key. */
  readonly twins: boolean
  /** Until then messages are lost and late, and validators crash. */
  readonly chaosMs: number
  readonly loss: number
  readonly duplicates: number
  readonly delayMs: number
  readonly crashes: number
  readonly crashAtPersist: number
  readonly partitions: number
  readonly skewMs: number
  readonly persistMs: number
  /** Messages go through their binary form, which takes time and so is not done in every seed. */
  readonly asBytes: boolean
}

export function scenarioOf(random: Random, n: number, tooMany: boolean): Scenario {
  const even = random.chance(0.5)
  const stakes = Array.from({ length: n }, () => (even ? 100 : random.whole(20, 200)))
  const liars = tooMany ? halfOf(n) : random.chance(0.7) ? liarsOf(random, stakes) : new Set<number>()
  const calm = random.chance(0.15)
  return {
    genesis: genesisOf(stakes, random),
    liars,
    twins: random.chance(0.4),
    chaosMs: n > 10 ? random.whole(200, 600) : random.whole(800, 3_000),
    loss: calm ? 0 : random.next() * 0.2,
    duplicates: calm ? 0 : random.next() * 0.1,
    delayMs: random.whole(2, 120),
    crashes: calm ? 0 : random.whole(0, 4),
    crashAtPersist: calm || random.chance(0.4) ? 0 : random.next() * 0.04,
    partitions: calm ? 0 : random.whole(0, 2),
    skewMs: random.whole(0, 300),
    persistMs: random.whole(0, 8),
    asBytes: random.chance(1 / 16),
  }
}

/** Far too many to be tolerated. */
function halfOf(n: number): Set<number> {
  return new Set(Array.from({ length: Math.ceil(n / 2) }, (_, i) => i))
}

/** As many as can lie while the others still agree. */
function liarsOf(random: Random, stakes: readonly number[]): Set<number> {
  const total = stakes.reduce((sum, stake) => sum + stake, 0)
  const liars = new Set<number>()
  let lying = 0
  for (let tries = 0; tries < stakes.length; tries++) {
    const index = random.whole(0, stakes.length - 1)
    // Some room, because stakes change while the chain runs.
    if (liars.has(index) || (lying + stakes[index]!) * 3.3 >= total) continue
    liars.add(index)
    lying += stakes[index]!
  }
  return liars
}

function genesisOf(stakes: readonly number[], random: Random): Genesis {
  return createGenesis({
    chain: 'simulated',
    genesis_time: START_MS - 1_000,
    block_time: 300,
    finality_time: 3_000,
    max_transactions_per_block: 5,
    validator_set_size: stakes.length,
    epoch_length: stakes.length > 10 ? 7 : random.whole(7, 20),
    clock_drift: 700,
    parameters: {
      batch_cap: 5,
      batch_wait: random.pick([0, 0, 20]),
      view_timeout: 250,
      pipeline_depth: random.whole(2, 4),
    },
    bounds: { batch_cap: [1, 5], batch_wait: [0, 50], view_timeout: [100, 1_000], pipeline_depth: [1, 5] },
    validators: stakes.map((stake, i) => ({ id: `v${i}`, public_key: keyOf(i), stake })),
  })
}
