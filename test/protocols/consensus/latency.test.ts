import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Latency } from '../../../protocols/consensus/latency.ts'

/** Each view the votes come after these times; gives what was said about whom. */
function views(latency: Latency, from: number, count: number, lags: Readonly<Record<string, number>>) {
  const told: [string, number][] = []
  for (let view = from; view < from + count; view++)
    for (const [key, lagMs] of Object.entries(lags).sort(([, a], [, b]) => a - b)) {
      const byMs = latency.voted(key, view, view * 1_000 + lagMs)
      if (byMs !== undefined) told.push([key, Math.round(byMs)])
    }
  return told
}

test('who votes far later than the others is told of once, and again after it was in time', () => {
  const latency = new Latency()
  latency.expect(['a', 'b', 'c'])
  assert.deepEqual(views(latency, 1, 100, { a: 1, b: 5, c: 400 }), [['c', 399]])
  assert.deepEqual(views(latency, 101, 100, { a: 1, b: 5, c: 6 }), [])
  const again = views(latency, 201, 100, { a: 1, b: 5, c: 400 })
  assert.deepEqual(
    again.map(([key]) => key),
    ['c'],
  )
})

test('a network that is slow for all is nobody’s fault', () => {
  const latency = new Latency()
  latency.expect(['a', 'b', 'c', 'd'])
  assert.deepEqual(views(latency, 1, 200, { a: 0, b: 200, c: 250, d: 300 }), [])
})

test('a few votes say nothing yet, and strangers are not compared', () => {
  const latency = new Latency()
  latency.expect(['a', 'b'])
  assert.deepEqual(views(latency, 1, 31, { a: 0, b: 900 }), [])
  assert.equal(latency.voted('x', 32, 0), undefined)
})

test('votes for views long ago take no memory and count for nothing', () => {
  const latency = new Latency()
  latency.expect(['a', 'b'])
  views(latency, 1_000, 100, { a: 0, b: 1 })
  assert.equal(latency.voted('b', 1, 9_000_000), undefined)
  assert.deepEqual(views(latency, 1_100, 50, { a: 0, b: 1 }), [])
})
