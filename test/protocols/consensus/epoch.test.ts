import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nextStakes } from '../../../protocols/consensus/epoch.ts'
import { keyOf, setOf } from './keys.ts'

const candidate = (index: number, stake: number, jailed = false) => ({
  publicKey: keyOf(index),
  stake,
  jailed,
})

test('a jailed validator is replaced by the standby with the next stake', () => {
  const set = setOf([10, 10, 10, 10])
  const candidates = [
    candidate(0, 10),
    candidate(1, 10, true),
    candidate(2, 10),
    candidate(3, 10),
    candidate(4, 5),
    candidate(5, 7),
  ]
  assert.deepEqual(
    new Map([...nextStakes(set, candidates, 4)].sort()),
    new Map(
      [
        [keyOf(0), 10],
        [keyOf(2), 10],
        [keyOf(3), 10],
        [keyOf(5), 7],
      ].map(([key, stake]) => [key, stake] as [string, number]),
    ),
  )
})

test('jailed ones go before others, where not all can go at once', () => {
  const stakes = nextStakes(
    setOf([10, 10, 10, 10]),
    [candidate(0, 10), candidate(2, 1), candidate(3, 10, true), candidate(1, 10)],
    4,
  )
  assert.equal(stakes.has(keyOf(3)), false)
  assert.equal(stakes.get(keyOf(2)), 7)
})

test('with nobody left the set stays, and so does the last one', () => {
  assert.equal(nextStakes(setOf([10, 10]), [candidate(0, 10, true), candidate(1, 0)], 4).size, 2)
  assert.equal(nextStakes(setOf([10]), [candidate(0, 10, true), candidate(1, 5)], 1).get(keyOf(0)), 7)
})

test('less than a third goes and less than a third comes, and wishes come true in the end', () => {
  const stakes = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 12 })
  const wishes = fc.array(fc.record({ stake: fc.nat(1_000), jailed: fc.boolean() }), {
    minLength: 1,
    maxLength: 16,
  })
  fc.assert(
    fc.property(stakes, wishes, fc.integer({ min: 1, max: 12 }), (old, wanted, size) => {
      const set = setOf(old)
      const next = nextStakes(
        set,
        wanted.map(({ stake, jailed }, i) => candidate(i, stake, jailed)),
        size,
      )
      let more = 0
      let less = 0
      for (const { publicKey, stake } of set.members) less += Math.max(0, stake - (next.get(publicKey) ?? 0))
      const before = new Map(set.members.map(({ publicKey, stake }) => [publicKey, stake]))
      for (const [key, stake] of next) more += Math.max(0, stake - (before.get(key) ?? 0))
      assert.ok(3 * more < set.totalStake && 3 * less < set.totalStake)
      assert.ok(next.size > 0 && next.size <= Math.max(size, old.length))
      assert.ok([...next.values()].every((stake) => stake > 0))
    }),
  )
})
