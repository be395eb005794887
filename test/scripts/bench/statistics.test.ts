import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { percentile, summarize } from '../../../scripts/bench/statistics.ts'

describe('summarize', () => {
  test('takes the middle value of an odd number of runs, and keeps their order', () => {
    assert.deepEqual(summarize([9, 1, 5]), { median: 5, min: 1, max: 9, runs: [9, 1, 5] })
  })

  test('takes the mean of the two middle values of an even number', () => {
    assert.equal(summarize([4, 1, 3, 100]).median, 3.5)
  })

  test('refuses to summarize nothing', () => {
    assert.throws(() => summarize([]), RangeError)
  })

  test('puts the median between the extremes, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const { median, min, max } = summarize(values)
        return min <= median && median <= max && values.includes(min) && values.includes(max)
      }),
    )
  })
})

describe('percentile', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, i) => 100 - i)

  test('finds the value that a share of all values does not exceed', () => {
    assert.equal(percentile(hundred, 0.5), 50)
    assert.equal(percentile(hundred, 0.99), 99)
    assert.equal(percentile(hundred, 1), 100)
    assert.equal(percentile(hundred, 0), 1)
  })

  test('leaves the values in their order', () => {
    percentile(hundred, 0.5)
    assert.equal(hundred[0], 100)
  })

  test('refuses to say anything of no values', () => {
    assert.throws(() => percentile(new Float64Array(), 0.5), RangeError)
  })
})
