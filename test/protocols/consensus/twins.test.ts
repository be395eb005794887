import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DIVISIONS, runTwins } from './simulator/twins.ts'

test('a validator that runs twice forks nothing and stops nothing, however the network is divided in three phases', () => {
  let accused = 0
  for (let first = 0; first < DIVISIONS; first++)
    for (let second = 0; second < DIVISIONS; second++)
      for (let third = 0; third < DIVISIONS; third++) {
        const schedule = [first, second, third]
        const result = runTwins(schedule)
        assert.deepEqual(result.failures, [], `schedule ${schedule}`)
        accused += result.accused
      }
  // A twin that nobody ever caught would not have spoken with two tongues.
  assert.ok(accused > 100, `${accused}`)
})
