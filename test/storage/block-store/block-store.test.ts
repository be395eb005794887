/** Blocks on disk: they are there after a start, what is pruned leaves nothing, and what can't be done is said. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BlockStore } from '../../../storage/block-store/block-store.ts'
import { errorOf } from '../../support/until.ts'
import { newFolder } from '../embedded/folders.ts'
import { testBlockArchive } from './conformance.ts'
import { epochProof, fill, loaded, run, snapshotAt } from './samples.ts'

testBlockArchive('a store on disk', { open: (limits) => BlockStore.open({ folder: newFolder(), limits }) })

test('all of it is there when it is opened again', async () => {
  const folder = newFolder()
  const limits = { segmentBytes: 2_000 }
  const store = await BlockStore.open({ folder, limits })
  for (let height = 1; height <= 30; height++) {
    await store.append(run(height))
    if (height % 10 === 0) await store.putSnapshot(snapshotAt(height))
    if (height % 10 === 0) await store.putEpochProof(height / 10 - 1, epochProof(height))
  }
  await store.append(run(31, { blocks: 3 }))
  const before = [await loaded(store), store.oldest, store.newest, await store.finalityOf(9)]
  await store.close()
  await using again = await BlockStore.open({ folder, limits })
  assert.deepEqual([await loaded(again), again.oldest, again.newest, await again.finalityOf(9)], before)
  assert.deepEqual(await again.epochProofs(0), [10, 20, 30].map(epochProof))
  assert.deepEqual(await again.snapshot(), snapshotAt(30))
  assert.deepEqual(await again.runAt(32), run(31, { blocks: 3 }))
  assert.equal(again.tornBytes, 0)
})

test('memory and disk stay as they are over 16,000 small runs', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const folder = newFolder()
  await using store = await BlockStore.open({
    folder,
    limits: { segmentBytes: 128 * 1024, finalityHeights: 1_000 },
  })
  const sizes: { heap: number; disk: number }[] = []
  for (let last = 1_000; last <= 16_000; last += 1_000) {
    await fill(store, last - 999, last)
    await store.putSnapshot(snapshotAt(last))
    if (last % 4_000 !== 0) continue
    collect()
    const disk = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    sizes.push({ heap: process.memoryUsage().heapUsed, disk })
  }
  t.diagnostic(
    sizes.map(({ heap, disk }) => `${heap >> 10} kB of memory, ${disk >> 10} kB of disk`).join('; '),
  )
  const [first] = sizes
  const last = sizes.at(-1)!
  // 12,000 runs in memory would take more than this.
  assert.ok(last.heap < first!.heap + 2_000_000)
  // As much as the last files may differ in; 12,000 heights that are shown to be final would take more.
  assert.ok(last.disk < first!.disk + 500_000)
  assert.ok(store.oldest > 14_000)
})

test('one process has it at a time', async () => {
  const folder = newFolder()
  await using store = await BlockStore.open({ folder })
  assert.equal((await errorOf(BlockStore.open({ folder }))).code, 'STORAGE_IN_USE')
  await store.close()
  await (await BlockStore.open({ folder })).close()
})

test('a folder that can not be is said', async () => {
  const folder = newFolder()
  writeFileSync(folder, '')
  assert.equal((await errorOf(BlockStore.open({ folder }))).code, 'STORAGE_FAILED')
  const unknown = { folder, limits: { segments: 1 } as object }
  assert.equal((await errorOf(BlockStore.open(unknown))).code, 'INVALID_OPTION')
})

test('more than it may store is refused, and nothing else is lost by that', async () => {
  const folder = newFolder()
  await using store = await BlockStore.open({ folder, limits: { storeBytes: 20_000 } })
  await fill(store, 1, 5)
  for (const refused of [
    store.append(run(6, { payload: 30_000 })),
    store.putSnapshot(snapshotAt(5, 2, 20_000)),
  ]) {
    const error = await errorOf(refused)
    assert.deepEqual([error.code, error.mayHaveRun], ['STORAGE_FULL', false])
  }
  await store.append(run(6))
  assert.equal(store.newest, 6)
})

test('too many that wait are refused', async () => {
  await using store = await BlockStore.open({
    folder: newFolder(),
    limits: { inFlightBytes: 1, waitingCalls: 2 },
  })
  const calls = [1, 2, 3].map((height) => store.append(run(height)))
  assert.equal((await errorOf(store.append(run(4)))).code, 'STORAGE_BUSY')
  await Promise.all(calls)
  await store.append(run(4))
  assert.equal(store.newest, 4)
})

test('after a write has failed it takes no more, and what was acknowledged is there', async () => {
  const folder = newFolder()
  const limits = { segmentBytes: 1 }
  const store = await BlockStore.open({ folder, limits })
  await fill(store, 1, 3)
  // The next file can not be made.
  mkdirSync(join(folder, 'blocks-0000000002.log.new'))
  const error = await errorOf(store.append(run(4)))
  assert.deepEqual([error.code, error.mayHaveRun], ['STORAGE_FAILED', true])
  const later = await errorOf(store.append(run(4)))
  assert.deepEqual([later.code, later.mayHaveRun], ['STORAGE_FAILED', false])
  assert.equal((await errorOf(store.putEpochProof(0, epochProof(0)))).code, 'STORAGE_FAILED')
  assert.deepEqual(await store.runAt(3), run(3))
  await store.close()
})

test('a store that is closed says so, after what came before has ended', async () => {
  const folder = newFolder()
  const store = await BlockStore.open({ folder })
  const calls = [store.append(run(1)), store.append(run(2)), store.putEpochProof(0, epochProof(0))]
  await store.close()
  await Promise.all(calls)
  for (const late of [store.append(run(3)), store.runAt(1), store.load(), store.putSnapshot(snapshotAt(2))])
    assert.equal((await errorOf(late)).code, 'STORAGE_CLOSED')
  await using again = await BlockStore.open({ folder })
  assert.deepEqual([again.newest, (await again.epochProofs(0)).length], [2, 1])
})
