import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Measurements } from '../../../../actors/validator/node/measurements.ts'
import {
  blockOf,
  envelope,
  ledgerOf,
  SENDERS,
  transaction,
} from '../../../protocols/consensus/sample-chain.ts'

const [sender] = SENDERS as [string]
const MEMBERS = [{ publicKey: sender }]
const EMPTY = blockOf(ledgerOf(), {})
const block = (height: number, ...sequences: number[]) => ({
  ...EMPTY,
  header: { ...EMPTY.header, height },
  envelopes: sequences.map((sequence) => envelope(sender, sequence, [transaction(), transaction()])),
})

test('latency is from an arrival to being final, and rates are of the last seconds', () => {
  const measurements = new Measurements()
  measurements.beginEpoch(0)
  for (let i = 1; i <= 20; i++) {
    measurements.arrived(envelope(sender, i), i * 100)
    measurements.final([block(i, i)], MEMBERS, 3, i * 100 + i)
  }
  const { transactionsPerSecond, blocksPerSecond, latencyMs } = measurements.speed(2_100)
  assert.equal(transactionsPerSecond.toFixed(1), (40 / 1.999).toFixed(1))
  assert.equal(blocksPerSecond.toFixed(1), (20 / 1.999).toFixed(1))
  assert.deepEqual(latencyMs, { p50: 11, p99: 20 })
  assert.equal(measurements.speed(60_000).transactionsPerSecond, 0)
  assert.equal(measurements.transactions, 40)
})

test('the report of an epoch has its throughput, and round trips by votes for own proposals', () => {
  const measurements = new Measurements()
  measurements.beginEpoch(1_000)
  assert.equal(measurements.report(1_500), undefined)
  measurements.proposed(4, 1_000)
  measurements.heardVote(4, 1_030)
  measurements.heardVote(5, 1_030)
  measurements.arrived(envelope(sender, 1), 1_000)
  measurements.final([block(1, 1)], MEMBERS, 3, 1_040)
  assert.deepEqual(measurements.report(2_000), { throughput: 2, p50Ms: 40, p99Ms: 40, roundTripMs: 30 })
  measurements.beginEpoch(2_000)
  assert.equal(measurements.report(3_000), undefined)
})

test('what is dropped is not timed, and nothing grows', () => {
  const measurements = new Measurements()
  measurements.beginEpoch(0)
  for (let i = 1; i <= 2_000; i++) measurements.arrived(envelope(sender, i), 0)
  measurements.dropped(envelope(sender, 1))
  measurements.final([block(1, 1, 2)], MEMBERS, 3, 50)
  assert.deepEqual(measurements.speed(60).latencyMs, { p50: 50, p99: 50 })
  for (let height = 2; height <= 9_000; height++) measurements.final([block(height)], MEMBERS, 3, 60)
  assert.equal(measurements.blocks.length, 32)
  assert.deepEqual(measurements.blocks.at(-1), {
    ...{ height: 9_000, epoch: 0, leader: sender, timestampMs: 1_001, transactions: 0, signers: 3 },
  })
})
