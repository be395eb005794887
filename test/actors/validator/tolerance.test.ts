import assert from 'node:assert/strict'
import { test } from 'node:test'
import { weaknessOf } from '../../../actors/validator/tolerance.ts'

const staked = (...stakes: number[]) => stakes.map((stake, i) => ({ id: `v${i + 1}`, stake }))

test('who must not fail is told by stake and not by number', () => {
  for (const [stakes, expected] of [
    [[100], /^no fault is tolerated with one validator: nothing is decided while one is missing/],
    [[100, 100, 100], /^no fault is tolerated with 3 validators: nothing/],
    [[1, 100, 1], /^v2 has 100 of 102 stake, more than two thirds: it decides alone/],
    // Four, and more, of whom one has a third or more.
    [[100, 100, 100, 150], /^no fault of v4 \(150\) is tolerated/],
    [[10, 10, 10, 10, 10, 10, 10, 10, 40], /^no fault of v9 \(40\) is tolerated/],
    [[50, 50, 1], /^no fault of v1 \(50\), v2 \(50\) is tolerated/],
  ] as const)
    assert.match(weaknessOf(staked(...stakes)) ?? '', expected)
})

test('where any single one may fail, nothing is told', () => {
  assert.equal(weaknessOf(staked(100, 100, 100, 100)), undefined)
  assert.equal(weaknessOf(staked(133, 100, 100, 67)), undefined)
  assert.equal(weaknessOf(staked(1, 2, 3, 3, 3, 3)), undefined)
})
