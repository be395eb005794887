import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VotingRecord } from '../../../protocols/consensus/reputation.ts'
import type { Block } from '../../../protocols/consensus/types.ts'
import { bitmapOf } from '../../../protocols/consensus/validator-set.ts'
import { keyOf, setOf } from './keys.ts'

const block = (signers: readonly number[], offenders: readonly string[] = []): Block =>
  ({
    header: { signers: signers.length === 0 ? new Uint8Array(0) : bitmapOf(signers, 4) },
    evidence: offenders.map((offender) => ({ offender })),
  }) as unknown as Block

test('who takes part in two thirds of blocks has the best record, who is silent loses a quarter', () => {
  const record = new VotingRecord(setOf([1, 1, 1, 1], { reputation: 800 }))
  record.count(block([]))
  for (const signers of [
    [0, 1],
    [0, 1],
    [0, 2],
  ])
    record.count(block(signers))
  assert.deepEqual(
    [0, 1, 2, 3].map((i) => record.reputations().get(keyOf(i))),
    [850, 850, 725, 600],
  )
})

test('a proven lie costs all of it', () => {
  const record = new VotingRecord(setOf([1, 1, 1, 1]))
  record.count(block([0, 1, 2], [keyOf(1)]))
  assert.equal(record.reputations().get(keyOf(1)), 0)
})

test('without blocks nothing changes', () => {
  assert.equal(new VotingRecord(setOf([1, 1], { reputation: 321 })).reputations().get(keyOf(0)), 321)
})
