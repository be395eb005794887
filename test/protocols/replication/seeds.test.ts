import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulate } from './simulation/simulation.ts'

const SEEDS = 2_000

test('replicas become equal, know what is kept and fall silent after whatever a seed does to them', () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const replay = `replay it with: npm run simulate -- replication --from ${seed} --seeds 1 --trace`
    let failures: readonly string[]
    try {
      failures = simulate(seed).failures
    } catch (cause) {
      throw new Error(`seed ${seed} fails; ${replay}`, { cause })
    }
    assert.deepEqual(failures, [], `seed ${seed} fails; ${replay}`)
  }
})

test('the same seed is the same run, and another one is another', () => {
  const hashes = [7, 7, 8].map((seed) => simulate(seed).traceHash)
  assert.equal(hashes[0], hashes[1])
  assert.notEqual(hashes[0], hashes[2])
})
