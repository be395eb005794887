import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareScalars } from '../../../../../actors/replica/conflicts/policies/order.ts'
import { anyScalar } from '../../versions/documents.ts'

test('values of all kinds stand in one order', () => {
  const ordered = [
    null,
    false,
    true,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    -1,
    0,
    0.5,
    10,
    Number.POSITIVE_INFINITY,
    new Date(-1),
    new Date(5),
    '',
    '10',
    '9',
    'a',
    'aa',
    new Uint8Array([]),
    new Uint8Array([1]),
    new Uint8Array([1, 0]),
    new Uint8Array([2]),
  ]
  for (const [i, a] of ordered.entries())
    for (const [j, b] of ordered.entries())
      assert.equal(Math.sign(compareScalars(a, b)), Math.sign(i - j), `${String(a)} and ${String(b)}`)
  assert.equal(compareScalars(new Date(5), new Date(5)), 0)
})

test('the order goes one way only, and holds over three', () => {
  fc.assert(
    fc.property(anyScalar, anyScalar, anyScalar, (a, b, c) => {
      assert.equal(Math.sign(compareScalars(a, b)) + Math.sign(compareScalars(b, a)), 0)
      if (compareScalars(a, b) <= 0 && compareScalars(b, c) <= 0) assert.ok(compareScalars(a, c) <= 0)
    }),
  )
})
