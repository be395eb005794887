import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSeeds } from './simulator/check.ts'
import { simulate } from './simulator/simulation.ts'

// In parts, because a test that runs for minutes says nothing meanwhile.
for (const from of [0, 2_500, 5_000, 7_500])
  test(`4 validators keep one chain and go on, whatever a seed from ${from} on does to them`, () => {
    const { heights, epochs, accused } = checkSeeds({ name: 'consensus', n: 4, from, seeds: 2_500 })
    // A simulation in which nothing happens would show nothing.
    assert.ok(heights > 12_500 && epochs > 250 && accused > 500, `${heights}, ${epochs}, ${accused}`)
  })

test('where too many lie the chain may fork, and those who did it are known: more than a third of the stake', () => {
  let forks = 0
  for (let seed = 0; seed < 200; seed++) {
    const { failures, culpritShare } = simulate(seed, { n: 7, tooMany: true })
    if (!failures.some((failure) => /^S[12]:/.test(failure))) continue
    forks++
    // Stakes move a little while the chain runs; the share is of those that it began with.
    assert.ok(culpritShare >= 1 / 3, `seed ${seed}: ${culpritShare} of the stake, ${failures[0]}`)
  }
  assert.ok(forks > 3, `${forks} forks`)
})

test('the same seed is the same run, and another one is another', () => {
  const hashes = [7, 7, 8].map((seed) => simulate(seed).traceHash)
  assert.equal(hashes[0], hashes[1])
  assert.notEqual(hashes[0], hashes[2])
})
