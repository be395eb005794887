import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonical, distinct } from '../../../../actors/replica/conflicts/canonical.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { sameValue } from '../../../../actors/replica/versions/same.ts'
import { anyValue } from '../versions/documents.ts'

test('two values are named alike exactly if they are the same', () => {
  fc.assert(
    fc.property(anyValue, anyValue, (a, b) => {
      fc.pre(!Object.is(a, -0) && !Object.is(b, -0))
      assert.equal(canonical(a) === canonical(b), sameValue(a, b))
    }),
  )
  const values = [
    null,
    'null',
    1,
    '1',
    'date 1',
    new Date(1),
    new Counter(1),
    new Text('1'),
    new Uint8Array([1]),
    [1],
    [[1]],
    { a: 1 },
    {},
    [],
  ]
  assert.equal(new Set(values.map(canonical)).size, values.length)
  assert.equal(canonical({ b: 1, a: 2 }), canonical({ a: 2, b: 1 }))
})

test('of equal values the first is kept, and none that is there already', () => {
  assert.deepEqual(distinct([1, 2, 1, { a: 1 }, { a: 1 }], [2]), [1, { a: 1 }])
})
