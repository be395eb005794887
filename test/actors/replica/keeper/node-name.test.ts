import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeNameIn } from '../../../../actors/replica/keeper/node-name.ts'
import { VolatileChunkStore } from '../../../../storage/volatile/chunk-store.ts'

test('a node has one name for as long as its storage lasts, and another one has another', async () => {
  let names = 0
  const newName = () => `name-${++names}`
  const [own, other] = [new VolatileChunkStore(), new VolatileChunkStore()]
  assert.equal(await nodeNameIn(own, newName), 'name-1')
  assert.equal(await nodeNameIn(own, newName), 'name-1')
  assert.equal(await nodeNameIn(other, newName), 'name-2')
})
