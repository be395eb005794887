import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LeaderSchedule, leaderWeights, SLOTS } from '../../../protocols/consensus/leader.ts'
import { createValidatorSet } from '../../../protocols/consensus/validator-set.ts'
import { crypto, keyOf, setOf } from './keys.ts'

const WEIGHTS = { pos_weight: 0.7, pbft_weight: 0.3 }

const sets = fc
  .array(
    fc.record({
      stake: fc.integer({ min: 1, max: 2 ** 44 }),
      reputation: fc.integer({ min: 0, max: 1_000 }),
    }),
    {
      minLength: 1,
      maxLength: 21,
    },
  )
  .map((list) =>
    createValidatorSet(
      3,
      list.map((entry, i) => ({ ...entry, publicKey: keyOf(i) })),
      crypto,
    ),
  )

test('over one round each leads exactly as often as its weight says, everyone at least once', () => {
  fc.assert(
    fc.property(sets, fc.nat(10_000), (set, from) => {
      const weights = leaderWeights(set, WEIGHTS)
      const schedule = new LeaderSchedule(set, WEIGHTS)
      const counts = set.members.map(() => 0)
      for (let view = from; view < from + SLOTS; view++) counts[schedule.leader(view)]!++
      assert.deepEqual(counts, weights)
      assert.ok(Math.min(...counts) >= 1)
    }),
    { numRuns: 50 },
  )
})

test('the weight is 0.7 of the stake and 0.3 of the record', () => {
  fc.assert(
    fc.property(sets, (set) => {
      const records = set.members.reduce((sum, { reputation }) => sum + reputation, 0)
      fc.pre(records > 0)
      leaderWeights(set, WEIGHTS).forEach((weight, i) => {
        const { stake, reputation } = set.members[i]!
        const share = (0.7 * stake) / set.totalStake + (0.3 * reputation) / records
        const expected = 1 + share * (SLOTS - set.members.length)
        assert.ok(Math.abs(weight - expected) <= 1, `${weight} is not ${expected}`)
      })
    }),
    { numRuns: 50 },
  )
})

test('turns are spread evenly: equal validators take turns one after the other', () => {
  const schedule = new LeaderSchedule(setOf([5, 5, 5, 5]), WEIGHTS)
  for (let view = 1; view < 200; view++)
    assert.equal(new Set([0, 1, 2, 3].map((i) => schedule.leader(view + i))).size, 4)
})

test('a leader is told from others', () => {
  const set = setOf([1, 2, 3, 4])
  const schedule = new LeaderSchedule(set, WEIGHTS)
  for (let view = 1; view < 30; view++)
    for (const [i, { publicKey }] of set.members.entries())
      assert.equal(schedule.validateLeader(view, publicKey), i === schedule.leader(view))
})

test('without any record the stake decides, and each counts the same otherwise', () => {
  assert.deepEqual(leaderWeights(setOf([7, 7, 7, 7], { reputation: 0 }), WEIGHTS), [250, 250, 250, 250])
})
