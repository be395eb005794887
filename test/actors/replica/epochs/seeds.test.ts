import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulate } from './simulation/simulation.ts'

const SEEDS = 30

test('nodes come to one epoch with every stored edit once, whatever a seed does to them', async () => {
  let epochs = 0
  for (let seed = 0; seed < SEEDS; seed++) {
    const { failures, epoch } = await simulate(seed)
    assert.deepEqual(failures, [], `seed ${seed} fails`)
    epochs += epoch
  }
  assert.ok(epochs > SEEDS, `${epochs} epochs`)
})

test('the same seed is the same run, and another one is another', async () => {
  const traces: string[] = []
  for (const seed of [3, 3, 4]) traces.push((await simulate(seed)).trace)
  assert.equal(traces[0], traces[1])
  assert.notEqual(traces[0], traces[2])
})
