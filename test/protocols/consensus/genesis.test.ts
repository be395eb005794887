import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  clampParameters,
  createGenesis,
  DEFAULT_GENESIS,
  genesisValidators,
  hashGenesis,
} from '../../../protocols/consensus/genesis.ts'
import { crypto, keyOf } from './keys.ts'

const validators = [3, 9, 5].map((stake, i) => ({ id: `v${i}`, public_key: keyOf(i), stake }))
const document = { chain: 'test', genesis_time: 1_000, validators }

test('a short document is filled in with the defaults of the specification', () => {
  const genesis = createGenesis(document)
  assert.equal(genesis.algorithm, 'hybrid-pos-pbft')
  assert.deepEqual(
    [genesis.block_time, genesis.finality_time, genesis.max_block_size, genesis.max_transactions_per_block],
    [2_000, 6_000, 1_048_576, 1_000],
  )
  assert.deepEqual([genesis.validator_set_size, genesis.pos_weight, genesis.pbft_weight], [21, 0.7, 0.3])
  assert.deepEqual(createGenesis({ ...document, parameters: { batch_wait: 5 } }).parameters, {
    ...DEFAULT_GENESIS.parameters,
    batch_wait: 5,
  })
})

test('what makes no sense is refused by name', () => {
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [null, /has to be an object/],
    [[], /has to be an object/],
    [{ ...document, chian: 1 }, /no field "chian"/],
    [{ ...document, chain: '' }, /chain has to be a name/],
    [{ ...document, algorithm: 'raft' }, /algorithm/],
    [{ ...document, ml_optimization: 1 }, /ml_optimization/],
    [{ ...document, genesis_time: -1 }, /genesis_time has to be a whole number/],
    [{ ...document, block_time: 0 }, /block_time/],
    [{ ...document, finality_time: 100 }, /finality_time/],
    [{ ...document, max_block_size: 10 }, /max_block_size/],
    [{ ...document, max_transactions_per_block: 0.5 }, /max_transactions_per_block/],
    [{ ...document, validator_set_size: 0 }, /validator_set_size/],
    [{ ...document, pos_weight: 0.8 }, /1 together/],
    [{ ...document, pbft_weight: '0.3' }, /pbft_weight has to be a number/],
    [{ ...document, byzantine_tolerance: 0.5 }, /byzantine_tolerance has to be a number from 0 to 0.3333/],
    [{ ...document, epoch_length: 9 }, /epoch_length/],
    [{ ...document, parameters: 5 }, /parameters has to be an object/],
    [{ ...document, parameters: { batch: 5 } }, /no parameters.batch/],
    [
      { ...document, parameters: { batch_wait: 500 } },
      /parameters.batch_wait has to be a whole number from 0 to 200/,
    ],
    [{ ...document, bounds: { batch_cap: 5 } }, /bounds.batch_cap has to be/],
    [{ ...document, bounds: { view_timeout: [500, 400] } }, /bounds.view_timeout/],
    [{ ...document, max_transactions_per_block: 500 }, /bounds.batch_cap/],
    [{ ...document, validators: [] }, /at least one/],
    [{ ...document, validators: [{ ...validators[0], id: '' }] }, /validators\[0\].id/],
    [{ ...document, validators: [{ ...validators[0], public_key: 'AB' }] }, /validators\[0\].public_key/],
    [{ ...document, validators: [{ ...validators[0], stake: 0 }] }, /validators\[0\].stake/],
    [{ ...document, validators: [validators[0], { ...validators[1], id: 'v0' }] }, /the same id/],
    [
      { ...document, validators: [validators[0], { ...validators[1], public_key: keyOf(0) }] },
      /the same public_key/,
    ],
    [
      { ...document, validators: validators.map((validator) => ({ ...validator, stake: 2 ** 49 })) },
      /all stakes together/,
    ],
  ]
  for (const [given, message] of bad)
    assert.throws(() => createGenesis(given), { code: 'INVALID_GENESIS', message }, `${message}`)
})

test('the id of a chain depends on every field, and not on their order', () => {
  const id = hashGenesis(createGenesis(document), crypto)
  assert.equal(hashGenesis(createGenesis({ validators, genesis_time: 1_000, chain: 'test' }), crypto), id)
  const others = [
    { ...document, chain: 'other' },
    { ...document, genesis_time: 1_001 },
    { ...document, parameters: { batch_wait: 1 } },
    { ...document, validators: validators.slice(1) },
    { ...document, validators: [validators[0], validators[1], { ...validators[2]!, stake: 6 }] },
  ]
  const ids = others.map((other) => hashGenesis(createGenesis(other), crypto))
  assert.equal(new Set([id, ...ids]).size, others.length + 1)
})

test('those with the most stake begin, in the order of their keys', () => {
  const set = genesisValidators(createGenesis({ ...document, validator_set_size: 2 }), crypto)
  assert.deepEqual(
    set.members.map(({ publicKey, stake }) => [publicKey, stake]),
    [
      [keyOf(1), 9],
      [keyOf(2), 5],
    ],
  )
  assert.equal(set.totalStake, 14)
})

test('a parameter is never tuned beyond its bounds', () => {
  const wild = { batch_cap: 1e9, batch_wait: -5, view_timeout: 250.4, pipeline_depth: 0 }
  assert.deepEqual(clampParameters(wild, DEFAULT_GENESIS.bounds), {
    batch_cap: 1_000,
    batch_wait: 0,
    view_timeout: 250,
    pipeline_depth: 2,
  })
})
