import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { figuresOf } from '../../../scripts/bench/report.ts'
import { atLeast, atMost, type Target } from '../../../scripts/bench/workload.ts'
import { outcomes, rate, workload } from './sample.ts'

const pingPong = workload('ping-pong', { 'ping-pong': rate })

function reportWith(targets: Target[], own: number, erlang: number, pekko: number) {
  const work = workload('ping-pong', { 'ping-pong': { ...rate, targets } })
  const all = [
    ...outcomes(work, 'neuroplex', [own]),
    ...outcomes(work, 'erlang', [erlang]),
    ...outcomes(work, 'pekko', [pekko]),
  ]
  return figuresOf([work], all)[0]!.targets.map(({ reached }) => reached)
}

describe('a report', () => {
  test('has the median of each system and the ratio of the medians', () => {
    const own = outcomes(pingPong, 'neuroplex', [12, 8, 10])
    const [figure] = figuresOf([pingPong], [...own, ...outcomes(pingPong, 'erlang', [2, 1, 3])])
    assert.equal(figure?.median, 10)
    assert.deepEqual(figure?.runs, [12, 8, 10])
    assert.deepEqual(
      figure?.peers.map(({ id, median, ratio }) => ({ id, median, ratio })),
      [{ id: 'erlang', median: 2, ratio: 5 }],
    )
  })

  test('says which targets are reached', () => {
    assert.deepEqual(reportWith([atLeast(3, 'erlang'), atLeast(2, 'fastest peer')], 30, 10, 20), [
      true,
      false,
    ])
    assert.deepEqual(reportWith([atLeast(31), atMost(30)], 30, 10, 20), [false, true])
  })

  test('does not judge by a peer that took no part', () => {
    const [figure] = figuresOf([pingPong], outcomes(pingPong, 'neuroplex', [10]))
    assert.deepEqual(
      figure?.targets.map(({ reached }) => reached),
      [undefined],
    )
    assert.deepEqual(figure?.peers, [])
  })

  test('compares with the figure that the plan names', () => {
    const fanIn = workload('fan-in', { 'fan-in by offer': { ...rate, against: 'fan-in' } })
    const own = outcomes(fanIn, 'neuroplex', [0]).map((outcome) => ({
      ...outcome,
      figures: [{ name: 'fan-in by offer', unit: 'messages/s', value: 6 } as const],
    }))
    const [figure] = figuresOf([fanIn], [...own, ...outcomes(fanIn, 'erlang', [3])])
    assert.equal(figure?.peers[0]?.ratio, 2)
  })

  test('leaves out what neuroplex did not measure', () => {
    assert.deepEqual(figuresOf([pingPong], outcomes(pingPong, 'erlang', [1])), [])
  })

  test('refuses figures of one name in two units', () => {
    const inBytes = workload('ping-pong', { 'ping-pong': { unit: 'bytes', better: 'lower' } })
    assert.throws(
      () => figuresOf([inBytes], outcomes(inBytes, 'neuroplex', [1])),
      /messages\/s, not in bytes/,
    )
  })
})
