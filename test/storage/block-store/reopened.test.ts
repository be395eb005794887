import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BlockStore } from '../../../storage/block-store/block-store.ts'
import { newFolder } from '../embedded/folders.ts'
import { epochProof } from './samples.ts'

test('proofs of epochs are there after every start, from the first one on', async () => {
  const folder = newFolder()
  for (let epoch = 0; epoch < 4; epoch++) {
    const store = await BlockStore.open({ folder })
    assert.deepEqual((await store.load()).damaged, [])
    assert.deepEqual(
      await store.epochProofs(0),
      Array.from({ length: epoch }, (_, i) => epochProof(i)),
    )
    await store.putEpochProof(epoch, epochProof(epoch))
    await store.close()
  }
})
