import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Frontier } from '../../../protocols/causality/frontier.ts'
import { VectorClock } from '../../../protocols/causality/vector-clock.ts'
import { histories, idOf, operation, pasts, text } from './histories.ts'

const NOTHING = new VectorClock()

test('an operation takes the place of what it comes after', () => {
  const frontier = new Frontier(NOTHING)
  frontier.add(operation('a', 1))
  frontier.add(operation('b', 1))
  assert.deepEqual(frontier.dependencies('c', []).map(text), ['a:1', 'b:1'])
  frontier.add(operation('b', 2, 'a:1'))
  assert.deepEqual(frontier.dependencies('c', []).map(text), ['b:2'])
  assert.deepEqual(frontier.dependencies('b', []), [])
})

test('what is named besides is named once, by its highest number', () => {
  const frontier = new Frontier(NOTHING)
  frontier.add(operation('a', 3))
  const named = ['a:2', 'd:1', 'd:4', 'own:7'].map(idOf)
  assert.deepEqual(frontier.dependencies('own', named).map(text), ['a:3', 'd:4'])
})

test('after a restart the last of each node counts', () => {
  const frontier = new Frontier(
    new VectorClock([
      ['a', 3],
      ['b', 2],
    ]),
  )
  frontier.add(operation('a', 4, 'b:1'))
  assert.deepEqual(frontier.dependencies('c', []).map(text), ['a:4', 'b:2'])
})

test('it is exactly what no other operation comes after', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const frontier = new Frontier(NOTHING)
      for (const step of history) frontier.add(step)
      const behind = new Set([...pasts(history).values()].flatMap((past) => [...past]))
      const heads = history.map(({ id }) => text(id)).filter((name) => !behind.has(name))
      assert.deepEqual(frontier.dependencies('-', []).map(text).sort(), heads.sort())
    }),
    { numRuns: 500 },
  )
})
