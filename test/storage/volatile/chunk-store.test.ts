import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VolatileChunkStore } from '../../../storage/volatile/chunk-store.ts'
import { errorOf } from '../../support/until.ts'
import { chunk, contentOf, testChunkStore } from '../conformance.ts'

testChunkStore('the volatile store', { open: async (limits) => new VolatileChunkStore(limits) })

test('the volatile store has a bound for all documents together, and room again for what was removed', async () => {
  await using store = new VolatileChunkStore({ storeBytes: 10 })
  const a = chunk('a', 'snapshot', 'x', [1, 1, 1, 1, 1, 1])
  await store.write([a])
  const b = chunk('b', 'snapshot', 'x', [2, 2, 2, 2, 2])
  const error = await errorOf(store.write([b]))
  assert.equal(error.code, 'STORAGE_FULL')
  assert.match(error.message, /11 bytes, more than the 10 of limits\.storeBytes/)
  await store.write([b], [a])
  await store.write([chunk('a', 'snapshot', 'x', [1, 1, 1, 1, 1])])
  await store.remove('b')
  await store.write([chunk('c', 'snapshot', 'x', [3, 3, 3, 3, 3])])
  assert.deepEqual(await contentOf(store, 'a'), ['snapshot x 1,1,1,1,1'])
  assert.deepEqual(await store.documents(), ['a', 'c'])
})
