import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { planTurns } from '../../../scripts/bench/runner.ts'
import { contender, workload } from './sample.ts'

const three = [contender('neuroplex'), contender('erlang'), contender('pekko')]

function order(runs: number, maxRuns?: number): string[] {
  const works = [workload('ask', {}, { maxRuns }), workload('ring')]
  return planTurns(works, () => three, runs).map(
    (turn) => `${turn.run} ${turn.workload.name} ${turn.contender.id}`,
  )
}

describe('the turns', () => {
  test('let every system do a workload before the next workload comes', () => {
    assert.deepEqual(order(1), [
      '0 ask neuroplex',
      '0 ask erlang',
      '0 ask pekko',
      '0 ring neuroplex',
      '0 ring erlang',
      '0 ring pekko',
    ])
  })

  test('let another system go first in each run', () => {
    const first = order(4).filter((_, index) => index % 6 === 0)
    assert.deepEqual(first, ['0 ask neuroplex', '1 ask erlang', '2 ask pekko', '3 ask neuroplex'])
  })

  test('do not repeat work that takes long more often than is enough', () => {
    assert.equal(order(5, 2).filter((turn) => turn.includes('ask')).length, 2 * three.length)
    assert.equal(order(5, 2).filter((turn) => turn.includes('ring')).length, 5 * three.length)
  })

  test('are none where nobody takes part', () => {
    assert.deepEqual(
      planTurns([workload('ask')], () => [], 3),
      [],
    )
  })
})
