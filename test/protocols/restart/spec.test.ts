import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InvalidOptionError } from '../../../protocols/errors.ts'
import {
  checkRestart,
  comesBack,
  completePolicy,
  STRATEGIES,
  type SupervisionPolicy,
} from '../../../protocols/restart/spec.ts'

test('what a supervisor is not told has its default', () => {
  assert.deepEqual(completePolicy({}), {
    strategy: 'one-for-one',
    intensity: { restarts: 3, withinMs: 5_000 },
    backoffMs: [0, 0],
  })
})

const IMPOSSIBLE: [field: string, given: unknown][] = [
  ['strategy', { strategy: 'one-for-none' }],
  ['strategy', { strategy: 'toString' }],
  ['intensity.restarts', { intensity: { restarts: -1, withinMs: 100 } }],
  ['intensity.restarts', { intensity: { restarts: 1.5, withinMs: 100 } }],
  ['intensity.withinMs', { intensity: { restarts: 1, withinMs: 0 } }],
  ['intensity.withinMs', { intensity: { restarts: 1 } }],
  ['backoffMs', { backoffMs: 100 }],
  ['backoffMs', { backoffMs: [100] }],
  ['backoffMs[0]', { backoffMs: [-1, 100] }],
  ['backoffMs[1]', { backoffMs: [100, 99] }],
]

for (const [field, given] of IMPOSSIBLE)
  test(`${JSON.stringify(given)} is refused by the name of its field`, () => {
    assert.throws(
      () => completePolicy(given as Partial<SupervisionPolicy>),
      (error) => error instanceof InvalidOptionError && error.message.startsWith(`${field} has to be `),
    )
  })

test('a kind of restart that does not exist is refused, and those that do are named', () => {
  for (const restart of ['permanent', 'transient', 'temporary', undefined]) checkRestart(restart)
  assert.throws(
    () => checkRestart('always'),
    /restart has to be one of permanent, transient, temporary, not "always"/,
  )
})

test('a permanent child always comes back, a transient one when it failed, a temporary one never', () => {
  const kinds = ['stopped', 'failed', 'stalled', 'poisoned', 'thread-lost', 'node-lost'] as const
  assert.deepEqual(
    kinds.map((kind) => comesBack('permanent', kind)),
    kinds.map(() => true),
  )
  assert.deepEqual(
    kinds.map((kind) => comesBack('transient', kind)),
    kinds.map((kind) => kind !== 'stopped'),
  )
  assert.deepEqual(
    kinds.map((kind) => comesBack('temporary', kind)),
    kinds.map(() => false),
  )
})

/** Children in start order and some of them, in the same order. */
const families = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 })
  .chain((order) => fc.tuple(fc.constant(order), fc.subarray(order, { minLength: 1 })))

test('one-for-one restarts what failed and nothing else', () => {
  fc.assert(
    fc.property(families, ([order, failed]) => {
      assert.deepEqual(STRATEGIES['one-for-one'](order, failed), failed)
    }),
  )
})

test('one-for-all restarts all, in start order', () => {
  fc.assert(
    fc.property(families, ([order, failed]) => {
      assert.deepEqual(STRATEGIES['one-for-all'](order, failed), order)
    }),
  )
})

test('rest-for-one restarts what failed and all that was started after it, in start order', () => {
  fc.assert(
    fc.property(families, ([order, failed]) => {
      const rest = order.filter((_, at) => order.slice(0, at + 1).some((name) => failed.includes(name)))
      assert.deepEqual(STRATEGIES['rest-for-one'](order, failed), rest)
    }),
  )
})
