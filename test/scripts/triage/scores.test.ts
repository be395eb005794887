import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scoresOf } from '../../../scripts/triage/scores.ts'

test('accuracy, precision and recall of a small table', () => {
  const outcomes = [
    { said: true, spam: true },
    { said: true, spam: true },
    { said: true, spam: false },
    { said: false, spam: true },
    { said: false, spam: false },
  ]
  assert.deepEqual(scoresOf(outcomes), { judged: 5, accuracy: 0.6, precision: 2 / 3, recall: 2 / 3 })
})

test('without spam, or with nothing called spam, nothing is divided by zero', () => {
  assert.deepEqual(scoresOf([{ said: false, spam: false }]), {
    judged: 1,
    accuracy: 1,
    precision: 1,
    recall: 1,
  })
  assert.equal(scoresOf([{ said: false, spam: true }]).recall, 0)
  assert.deepEqual(scoresOf([]), { judged: 0, accuracy: Number.NaN, precision: 1, recall: 1 })
})
