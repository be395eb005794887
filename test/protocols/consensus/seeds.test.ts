import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulate } from './simulator/simulation.ts'

for (const { n, seeds, name } of [
  { n: 4, seeds: 10_000, name: 'consensus' },
  { n: 21, seeds: 500, name: 'consensus-21' },
])
  test(`${n} validators keep one chain and go on, whatever a seed does to them`, () => {
    const totals = { heights: 0, epochs: 0, accused: 0 }
    for (let seed = 0; seed < seeds; seed++) {
      const replay = `replay it with: npm run simulate -- ${name} --from ${seed} --seeds 1 --trace`
      let result: ReturnType<typeof simulate>
      try {
        result = simulate(seed, { n })
      } catch (cause) {
        throw new Error(`seed ${seed} fails; ${replay}`, { cause })
      }
      assert.deepEqual(result.failures, [], `seed ${seed} fails; ${replay}`)
      totals.heights += result.heights
      totals.epochs += result.epochs
      totals.accused += result.accused
    }
    // A simulation in which nothing happens would show nothing.
    assert.ok(totals.heights > 3 * seeds, `${totals.heights} blocks`)
    assert.ok(totals.epochs > seeds / 20, `${totals.epochs} epochs`)
    assert.ok(totals.accused > seeds / 10, `${totals.accused} accused`)
  })

test('where too many lie the chain may fork, and those who did it are known: more than a third of the stake', () => {
  let forks = 0
  for (let seed = 0; seed < 300; seed++) {
    const { failures, culpritShare } = simulate(seed, { n: 7, tooMany: true })
    if (!failures.some((failure) => /^S[12]:/.test(failure))) continue
    forks++
    // Stakes move a little while the chain runs; the share is of those that it began with.
    assert.ok(culpritShare >= 1 / 3, `seed ${seed}: ${culpritShare} of the stake, ${failures[0]}`)
  }
  assert.ok(forks > 5, `${forks} forks`)
})

test('the same seed is the same run, and another one is another', () => {
  const hashes = [7, 7, 8].map((seed) => simulate(seed).traceHash)
  assert.equal(hashes[0], hashes[1])
  assert.notEqual(hashes[0], hashes[2])
})
