import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Anomalies } from '../../../protocols/consensus/anomaly.ts'

test('who is silent is told of once, and again only after it was heard', () => {
  const anomalies = new Anomalies(100)
  anomalies.expect(['a', 'b'], 0)
  anomalies.heard('b', 50)
  anomalies.heard('stranger', 50)
  assert.deepEqual(anomalies.silent(120), [{ kind: 'silent', validator: 'a', sinceMs: 120 }])
  assert.deepEqual(anomalies.silent(130), [])
  anomalies.heard('a', 140)
  assert.deepEqual(
    anomalies.silent(240).map((alert) => alert.kind === 'silent' && alert.validator),
    ['a', 'b'],
  )
})

test('who is no validator any more is not listened for', () => {
  const anomalies = new Anomalies(100)
  anomalies.expect(['a', 'b'], 0)
  anomalies.expect(['b', 'c'], 90)
  assert.deepEqual(
    anomalies.silent(150).map((alert) => alert.kind === 'silent' && alert.validator),
    ['b'],
  )
})

test('nobody floods the log, neither validators nor strangers', () => {
  const anomalies = new Anomalies(100)
  anomalies.expect(['a', 'b'], 0)
  assert.deepEqual(anomalies.invalid('a', 'nonsense', 0), {
    kind: 'invalid',
    validator: 'a',
    what: 'nonsense',
  })
  assert.equal(anomalies.invalid('a', 'nonsense', 999), undefined)
  assert.notEqual(anomalies.invalid('b', 'nonsense', 999), undefined)
  assert.notEqual(anomalies.invalid('a', 'nonsense', 1_000), undefined)
  assert.notEqual(anomalies.invalid('x', 'nonsense', 0), undefined)
  assert.equal(anomalies.invalid('y', 'nonsense', 0), undefined)
})
