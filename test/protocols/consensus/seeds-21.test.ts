import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSeeds } from './simulator/check.ts'

for (const from of [0, 125, 250, 375])
  test(`21 validators keep one chain and go on, whatever a seed from ${from} on does to them`, () => {
    const { heights, accused } = checkSeeds({ name: 'consensus-21', n: 21, from, seeds: 125 })
    assert.ok(heights > 375 && accused > 125, `${heights}, ${accused}`)
  })
