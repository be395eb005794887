import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  isQuorum,
  MAX_TOTAL_STAKE,
  toleratedStake,
  weightedMedian,
} from '../../../protocols/consensus/quorum.ts'

test('a quorum is more than two thirds: 15 of 21 and 3 of 4, never two thirds', () => {
  assert.deepEqual(
    [13, 14, 15].map((signed) => isQuorum(signed, 21)),
    [false, false, true],
  )
  assert.deepEqual(
    [2, 3].map((signed) => isQuorum(signed, 4)),
    [false, true],
  )
  assert.equal(isQuorum(2, 3), false)
})

test('a quorum is exact at the largest stakes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MAX_TOTAL_STAKE }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (total, share) => {
        const signed = Math.floor(total * share)
        assert.equal(isQuorum(signed, total), 3n * BigInt(signed) > 2n * BigInt(total))
      },
    ),
  )
})

test('two quorums share more than can be faulty, and the others are a quorum', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_TOTAL_STAKE }), (total) => {
      const least = Math.floor((2 * total) / 3) + 1
      assert.ok(isQuorum(least, total) && !isQuorum(least - 1, total))
      assert.ok(2 * least - total > toleratedStake(total))
      assert.ok(isQuorum(total - toleratedStake(total), total))
    }),
  )
})

test('with three equal validators no fault is tolerated, with four there is one', () => {
  assert.deepEqual([1, 2, 3, 4, 6, 7, 21].map(toleratedStake), [0, 0, 0, 1, 1, 2, 6])
})

test('less than half of the weight does not move a median out of what the others report', () => {
  const reports = fc.array(fc.record({ value: fc.nat(1_000), weight: fc.integer({ min: 1, max: 100 }) }), {
    minLength: 1,
  })
  fc.assert(
    fc.property(reports, reports, (honest, lies) => {
      const weigh = (list: typeof honest) => list.reduce((sum, { weight }) => sum + weight, 0)
      fc.pre(weigh(lies) < weigh(honest))
      const median = weightedMedian([...honest, ...lies])!
      const values = honest.map(({ value }) => value)
      assert.ok(median >= Math.min(...values) && median <= Math.max(...values))
    }),
  )
})

test('there is no median without weight', () => {
  assert.equal(weightedMedian([]), undefined)
  assert.equal(weightedMedian([{ value: 3, weight: 0 }]), undefined)
  assert.equal(
    weightedMedian([
      { value: 9, weight: 1 },
      { value: 1, weight: 1 },
      { value: 5, weight: 1 },
    ]),
    5,
  )
})
