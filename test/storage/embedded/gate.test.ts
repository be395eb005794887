import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Gate } from '../../../storage/embedded/gate.ts'

/** Calls with their names and weights, and the names of those that have passed. */
function enterAll(gate: Gate, calls: Record<string, number>): string[] {
  const passed: string[] = []
  for (const [name, weight] of Object.entries(calls)) gate.enter(weight, () => passed.push(name))
  return passed
}

test('lets pass what there is room for, and the next when there is again', () => {
  const gate = new Gate(10, 9)
  const passed = enterAll(gate, { a: 6, b: 4, c: 5, d: 1 })
  assert.deepEqual(passed, ['a', 'b'])
  gate.leave(4)
  assert.deepEqual(passed, ['a', 'b'])
  gate.leave(6)
  assert.deepEqual(passed, ['a', 'b', 'c', 'd'])
})

test('nothing overtakes what waits, however small it is', () => {
  const gate = new Gate(10, 9)
  const passed = enterAll(gate, { a: 9, b: 5, c: 1 })
  assert.deepEqual(passed, ['a'])
  gate.leave(9)
  assert.deepEqual(passed, ['a', 'b', 'c'])
})

test('what is larger than the room passes alone', () => {
  const gate = new Gate(10, 9)
  const passed = enterAll(gate, { a: 50, b: 1, c: 50, d: 1 })
  assert.deepEqual(passed, ['a'])
  gate.leave(50)
  assert.deepEqual(passed, ['a', 'b'])
  gate.leave(1)
  assert.deepEqual(passed, ['a', 'b', 'c'])
  gate.leave(50)
  assert.deepEqual(passed, ['a', 'b', 'c', 'd'])
})

test('refuses more than may wait', () => {
  const gate = new Gate(1, 2)
  const passed = enterAll(gate, { a: 1, b: 1, c: 1 })
  assert.throws(() => gate.enter(1, () => passed.push('d')), { code: 'STORAGE_BUSY', mayHaveRun: false })
  gate.leave(1)
  gate.enter(1, () => passed.push('e'))
  gate.leave(1)
  gate.leave(1)
  assert.deepEqual(passed, ['a', 'b', 'c', 'e'])
})
