import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tuner } from '../../../../actors/validator/node/tuner.ts'
import { genesisOf, ledgerOf } from '../../../protocols/consensus/sample-chain.ts'

const REPORT = { throughput: 1_000, p50Ms: 10, p99Ms: 30, roundTripMs: 4 }

test('it speaks once in the last fifth of an epoch', () => {
  const tuner = new Tuner(genesisOf({ epoch_length: 100 }))
  const { tuning } = ledgerOf().state
  assert.equal(tuner.isDue(0, 79, 100), false)
  assert.equal(tuner.isDue(0, 81, 100), true)
  assert.deepEqual(
    tuner.speak(0, REPORT, tuning, () => 0.5).map(({ machine }) => machine),
    ['tuning', 'tuning'],
  )
  assert.equal(tuner.isDue(0, 90, 100), false)
  assert.equal(tuner.isDue(1, 181, 200), true)
})

test('without anything seen, and where the genesis forbids it, it says nothing', () => {
  const { tuning } = ledgerOf().state
  assert.deepEqual(
    new Tuner(genesisOf()).speak(0, undefined, tuning, () => 0.5),
    [],
  )
  assert.equal(new Tuner(genesisOf({ ml_optimization: false })).isDue(0, 999, 1_000), false)
})
