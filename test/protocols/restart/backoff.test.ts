import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backoffMs, NO_BACKOFF } from '../../../protocols/restart/backoff.ts'

test('the pause doubles from the least to the greatest', () => {
  const pauses = [1, 2, 3, 4, 5, 60, 1_000_000].map((attempt) => backoffMs([100, 1_000], attempt, 1))
  assert.deepEqual(pauses, [100, 200, 400, 800, 1_000, 1_000, 1_000])
})

test('without a backoff there is no pause', () => {
  assert.equal(backoffMs(NO_BACKOFF, 7, 0.5), 0)
})

test('whatever chance decides, the pause lies in the upper half below its ceiling', () => {
  const times = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 100_000 }))
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 200 }), chance, ([min, more], attempt, random) => {
      const max = min + more
      const ceiling = Math.min(max, min * 2 ** Math.min(attempt - 1, 52))
      const pause = backoffMs([min, max], attempt, random)
      assert.ok(pause >= ceiling / 2 && pause <= ceiling, `${pause} of ${ceiling}`)
    }),
  )
})
