/**
 * The genesis document: all that the validators of a chain agree on before its first block. Its hash is the chain's id,
 * which every signature covers, so nothing signed for one chain says anything on another.
 */
import { ByteWriter } from './codec/bytes.ts'
import { toHex } from './codec/hex.ts'
import { MAX_BLOCK_BYTES, MAX_TRANSACTIONS, MAX_VALIDATORS } from './codec/limits.ts'
import { InvalidGenesisError } from './errors.ts'
import { MAX_TOTAL_STAKE } from './quorum.ts'
import { type Crypto, type Hash, MAX_REPUTATION, type PublicKey, type ValidatorSet } from './types.ts'
import { createValidatorSet, rankCandidates } from './validator-set.ts'

export interface GenesisValidator {
  /** For people: what this validator is called. */
  readonly id: string
  readonly public_key: PublicKey
  readonly stake: number
}

/** From the least to the most. */
export type Bounds = readonly [min: number, max: number]

/** Times are milliseconds, sizes bytes. */
export interface Genesis {
  /** What the chain is called: two chains of the same validators differ by it. */
  readonly chain: string
  readonly algorithm: 'hybrid-pos-pbft'
  /** The time of the block at height 0. */
  readonly genesis_time: number
  /** A block comes after this time where there is nothing to decide; otherwise as soon as there is. */
  readonly block_time: number
  /** What waits longer than this to become final raises an alarm. */
  readonly finality_time: number
  readonly max_block_size: number
  readonly max_transactions_per_block: number
  /** Validators at a time; those with less stake are on standby. */
  readonly validator_set_size: number
  /** How much stake and the voting record weigh for leadership; 1 together. */
  readonly pos_weight: number
  readonly pbft_weight: number
  /** Whether validators tune `parameters` within `bounds`. */
  readonly ml_optimization: boolean
  /** The share of stake that may be faulty. Quorums follow from the protocol and are always more than two thirds. */
  readonly byzantine_tolerance: number
  /** Blocks from one change of validators to the next. */
  readonly epoch_length: number
  /** How far a block's time may be ahead of a validator's clock. */
  readonly clock_drift: number
  /** With what a chain starts. */
  readonly parameters: Parameters
  /** How far each parameter may be tuned. */
  readonly bounds: { readonly [Name in keyof Parameters]: Bounds }
  readonly validators: readonly GenesisValidator[]
}

/** What may be tuned while a chain runs: how fast it is depends on these, and never what it decides. */
export interface Parameters {
  /** Transactions that a leader puts into one block at most. */
  readonly batch_cap: number
  /** Milliseconds that a leader waits for more work once there is some. */
  readonly batch_wait: number
  /** Milliseconds in which a view has to come to a result. */
  readonly view_timeout: number
  /** Blocks that may be proposed beyond the newest final one. */
  readonly pipeline_depth: number
}

export const DEFAULT_GENESIS: Omit<Genesis, 'chain' | 'validators' | 'genesis_time'> = {
  algorithm: 'hybrid-pos-pbft',
  block_time: 2_000,
  finality_time: 6_000,
  max_block_size: 1_048_576,
  max_transactions_per_block: 1_000,
  validator_set_size: 21,
  pos_weight: 0.7,
  pbft_weight: 0.3,
  ml_optimization: true,
  byzantine_tolerance: 0.33,
  epoch_length: 1_000,
  clock_drift: 1_000,
  parameters: { batch_cap: 1_000, batch_wait: 0, view_timeout: 1_000, pipeline_depth: 4 },
  bounds: {
    batch_cap: [10, 1_000],
    batch_wait: [0, 200],
    view_timeout: [100, 10_000],
    pipeline_depth: [2, 8],
  },
}

/**
 * Fills in the defaults and checks every field. Throws InvalidGenesisError that names the field and what it takes.
 */
export function createGenesis(document: unknown): Genesis {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    fail('it has to be an object')
  const given = document as Partial<Genesis>
  for (const name of Object.keys(given))
    if (!Object.hasOwn(DEFAULT_GENESIS, name) && !REQUIRED.includes(name)) fail(`there is no field "${name}"`)
  const genesis: Genesis = {
    ...DEFAULT_GENESIS,
    ...(given as Genesis),
    parameters: complete('parameters', DEFAULT_GENESIS.parameters, given.parameters),
    bounds: complete('bounds', DEFAULT_GENESIS.bounds, given.bounds),
  }
  checkRules(genesis)
  checkParameters(genesis)
  checkValidators(genesis)
  return genesis
}

const REQUIRED = ['chain', 'genesis_time', 'validators']

/** The id of the chain. */
export function hashGenesis(genesis: Genesis, { sha256 }: Crypto): Hash {
  const writer = new ByteWriter(1_024).text('neuroplex genesis 1')
  // By name and in the order of names, so that the order in the file does not matter.
  for (const name of Object.keys(genesis).sort())
    writer.text(name).text(canonical(genesis[name as keyof Genesis]))
  return toHex(sha256(writer.done()))
}

/** Of the first epoch: those with the most stake, all of full reputation. */
export function genesisValidators(genesis: Genesis, crypto: Crypto): ValidatorSet {
  const candidates = genesis.validators.map(({ public_key, stake }) => ({
    publicKey: public_key,
    stake,
    jailed: false,
  }))
  const members = rankCandidates(candidates).slice(0, genesis.validator_set_size)
  return createValidatorSet(
    0,
    members.map(({ publicKey, stake }) => ({ publicKey, stake, reputation: MAX_REPUTATION })),
    crypto,
  )
}

/** A parameter is never tuned beyond its bounds, whatever was proposed. */
export function clampParameters(parameters: Parameters, bounds: Genesis['bounds']): Parameters {
  const clamp = (name: keyof Parameters) => {
    const [min, max] = bounds[name]
    return Math.min(max, Math.max(min, Math.round(parameters[name])))
  }
  return {
    batch_cap: clamp('batch_cap'),
    batch_wait: clamp('batch_wait'),
    view_timeout: clamp('view_timeout'),
    pipeline_depth: clamp('pipeline_depth'),
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function complete<T extends object>(name: string, defaults: T, given: Partial<T> | undefined): T {
  if (given === undefined) return defaults
  if (typeof given !== 'object' || given === null) fail(`${name} has to be an object`)
  for (const key of Object.keys(given)) if (!Object.hasOwn(defaults, key)) fail(`there is no ${name}.${key}`)
  return { ...defaults, ...given }
}

function checkRules(genesis: Genesis): void {
  if (typeof genesis.chain !== 'string' || genesis.chain === '' || genesis.chain.length > 64)
    fail('chain has to be a name of 1 to 64 characters')
  if (genesis.algorithm !== 'hybrid-pos-pbft') fail('algorithm has to be "hybrid-pos-pbft"')
  if (typeof genesis.ml_optimization !== 'boolean') fail('ml_optimization has to be true or false')
  whole('genesis_time', genesis.genesis_time, 0)
  whole('block_time', genesis.block_time, 1, 3_600_000)
  whole('finality_time', genesis.finality_time, genesis.block_time, 86_400_000)
  whole('max_block_size', genesis.max_block_size, 4_096, MAX_BLOCK_BYTES)
  whole('max_transactions_per_block', genesis.max_transactions_per_block, 1, MAX_TRANSACTIONS)
  whole('validator_set_size', genesis.validator_set_size, 1, MAX_VALIDATORS)
  whole('clock_drift', genesis.clock_drift, 0, genesis.finality_time)
  share('pos_weight', genesis.pos_weight, 1)
  share('pbft_weight', genesis.pbft_weight, 1)
  share('byzantine_tolerance', genesis.byzantine_tolerance, 1 / 3)
  if (Math.round(genesis.pos_weight * 1_000) + Math.round(genesis.pbft_weight * 1_000) !== 1_000)
    fail('pos_weight and pbft_weight have to be 1 together')
}

function checkParameters({ parameters, bounds, epoch_length, max_transactions_per_block }: Genesis): void {
  for (const name of Object.keys(bounds) as (keyof Parameters)[]) {
    const range: unknown = bounds[name]
    if (!Array.isArray(range) || range.length !== 2) fail(`bounds.${name} has to be [least, most]`)
    const [min, max] = bounds[name]
    whole(`bounds.${name}[0]`, min, name === 'batch_wait' ? 0 : 1)
    whole(`bounds.${name}[1]`, max, min)
    whole(`parameters.${name}`, parameters[name], min, max)
  }
  whole('bounds.batch_cap[1]', bounds.batch_cap[1], 1, max_transactions_per_block)
  whole('bounds.pipeline_depth[1]', bounds.pipeline_depth[1], 1, 64)
  // The next validators are fixed that many blocks before the epoch ends.
  whole('epoch_length', epoch_length, bounds.pipeline_depth[1] + 2)
}

function checkValidators({ validators }: Genesis): void {
  if (!Array.isArray(validators) || validators.length === 0) fail('validators has to list at least one')
  let total = 0
  for (const [index, { id, public_key, stake }] of validators.entries()) {
    const name = `validators[${index}]`
    if (typeof id !== 'string' || id === '' || id.length > 64)
      fail(`${name}.id has to be a name of 1 to 64 characters`)
    if (typeof public_key !== 'string' || !/^[0-9a-f]{64}$/.test(public_key))
      fail(`${name}.public_key has to be 64 lower-case hexadecimal digits`)
    whole(`${name}.stake`, stake, 1, MAX_TOTAL_STAKE)
    total += stake
  }
  for (const field of ['id', 'public_key'] as const)
    if (new Set(validators.map((validator) => validator[field])).size < validators.length)
      fail(`two validators have the same ${field}`)
  if (total > MAX_TOTAL_STAKE) fail(`all stakes together may be ${MAX_TOTAL_STAKE} at most`)
}

function whole(name: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max)
    fail(`${name} has to be a whole number from ${min} to ${max}, not ${JSON.stringify(value)}`)
}

function share(name: string, value: unknown, max: number): void {
  if (typeof value !== 'number' || !(value >= 0 && value <= max))
    fail(`${name} has to be a number from 0 to ${Number(max.toFixed(4))}, not ${JSON.stringify(value)}`)
}

function fail(problem: string): never {
  throw new InvalidGenesisError(problem)
}
