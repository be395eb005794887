import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSeeds } from './simulator/check.ts'

test('21 validators keep one chain and go on, whatever a seed does to them', () => {
  const { heights, accused } = checkSeeds({ name: 'consensus-21', n: 21, seeds: 500 })
  assert.ok(heights > 1_500 && accused > 500, `${heights}, ${accused}`)
})
