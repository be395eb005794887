import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createHandle, unwrap } from '../../../../actors/replica/document/automerge.ts'
import type { Data } from '../../../../actors/replica/document/data.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { put } from '../../../../actors/replica/document/write.ts'
import { sameValue } from '../../../../actors/replica/versions/same.ts'
import { anyValue } from './documents.ts'

test('a value is the same after it has been in a document', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const handle = createHandle('aa')
      put(handle, '_root', 'value', value as Data)
      const { value: stored } = unwrap(handle.materialize('/')) as { value: unknown }
      assert.ok(sameValue(stored, value))
      handle.free()
    }),
    { numRuns: 100 },
  )
})

test('what differs in kind, content, order or key is not the same', () => {
  const values = [
    null,
    true,
    0,
    -0,
    1,
    '',
    '1',
    new Date(1),
    new Date(2),
    new Uint8Array([1]),
    new Uint8Array([1, 0]),
    new Counter(1),
    new Counter(2),
    new Text('1'),
    new Text('2'),
    [],
    [1],
    [1, 2],
    [2, 1],
    {},
    { a: 1 },
    { b: 1 },
    { a: 1, b: undefined },
    { a: [1] },
  ]
  for (const [i, a] of values.entries())
    for (const [j, b] of values.entries()) assert.equal(sameValue(a, b), i === j, `${i} and ${j}`)
  assert.ok(sameValue({ a: 1, b: [2] }, { b: [2], a: 1 }))
})
