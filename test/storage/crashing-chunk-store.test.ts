import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChunkStore } from '../../storage/chunk-store.ts'
import { VolatileChunkStore } from '../../storage/volatile/chunk-store.ts'
import { chunk } from './conformance.ts'
import { crashAtEveryStep } from './crashing-chunk-store.ts'
import { entriesOf, entry, snapshot } from './embedded/log.ts'

const open = () => new VolatileChunkStore()

/** Two entries, a compaction, an entry and the next compaction: 2 + 2 + 3 + 2 + 3 steps. */
async function scenario(store: ChunkStore, acknowledged: number[]): Promise<void> {
  for (const number of [1, 2]) {
    await store.write([entry('d', number)])
    acknowledged.push(number)
  }
  await store.write([snapshot('d', 2)], [entry('d', 1), entry('d', 2)])
  await store.write([entry('d', 3)])
  acknowledged.push(3)
  await store.write([snapshot('d', 3)], [snapshot('d', 2), entry('d', 3)])
}

test('a compaction that is written in one call loses nothing, whenever the machine crashes', async () => {
  const steps = await crashAtEveryStep(
    open,
    scenario,
    async (left, acknowledged) => {
      const found = await entriesOf(left, 'd')
      assert.deepEqual(
        acknowledged.filter((number) => !found.has(number)),
        [],
      )
    },
    () => [] as number[],
  )
  assert.equal(steps, 12)
})

test('a compaction that removes before it writes is found', async () => {
  const losses: number[] = []
  await crashAtEveryStep(
    open,
    async (store, acknowledged) => {
      await store.write([entry('d', 1)])
      acknowledged.push(1)
      await store.write([], [entry('d', 1)])
      await store.write([snapshot('d', 1)])
    },
    async (left, acknowledged) => {
      const found = await entriesOf(left, 'd')
      losses.push(...acknowledged.filter((number) => !found.has(number)))
    },
    () => [] as number[],
  )
  assert.ok(losses.length > 0)
})

test('what is left of a removal is all or nothing, and other errors are told', async () => {
  const left: number[] = []
  const steps = await crashAtEveryStep(
    open,
    async (store) => {
      await store.write([chunk('d', 'snapshot', 'x', [1])])
      await store.remove('d')
    },
    async (store) => void left.push((await store.documents()).length),
    () => undefined,
  )
  assert.equal(steps, 4)
  assert.deepEqual(left, [0, 1, 1, 0, 0])
  const failing = crashAtEveryStep(
    open,
    async (store) => store.write([chunk('', 'snapshot', 'x', [1])]),
    async () => undefined,
    () => undefined,
  )
  await assert.rejects(failing, { code: 'INVALID_CHUNK' })
})
