/** What is not as it was written is never given out: it is set aside and told, and the store goes on with the rest. */
import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BlockStore } from '../../../storage/block-store/block-store.ts'
import { errorOf } from '../../support/until.ts'
import { newFolder } from '../embedded/folders.ts'
import { epochProof, loaded, run, snapshotAt } from './samples.ts'

/** Runs 1 to `last`, each in a file of its own, with snapshots after these heights. */
async function storeWith(last: number, snapshots: readonly number[], segmentBytes = 1): Promise<string> {
  const folder = newFolder()
  await using store = await BlockStore.open({ folder, limits: { segmentBytes } })
  for (let height = 1; height <= last; height++) {
    await store.append(run(height))
    if (snapshots.includes(height)) await store.putSnapshot(snapshotAt(height))
  }
  await store.putEpochProof(0, epochProof(0))
  return folder
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at < 0 ? bytes.length + at : at]! ^= 4
  writeFileSync(path, bytes)
}

const segment = (number: number) => `blocks-${String(number).padStart(10, '0')}.log`
const state = (height: number) => `snapshot-${String(height).padStart(16, '0')}.state`
const asideIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.includes('.damaged-'))
    .sort()

test('a byte that is flipped anywhere in any file is never given out', async () => {
  const folder = await storeWith(6, [2, 4], 1_000_000)
  const files = readdirSync(folder).filter((name) => name.endsWith('.log') || name.endsWith('.state'))
  assert.equal(files.length, 4)
  for (const name of files) {
    const size = readFileSync(join(folder, name)).length
    for (let at = 0; at < size; at += 41) {
      const copy = newFolder()
      cpSync(folder, copy, { recursive: true })
      flip(join(copy, name), at)
      await using store = await BlockStore.open({ folder: copy })
      const content = await loaded(store)
      assert.equal(content.damaged.length > 0, true, `${name} at ${at} was not found`)
      await checkAll(store)
    }
  }
})

test('what follows on a damaged run is set aside, and the runs before lead on', async () => {
  const folder = await storeWith(9, [3])
  flip(join(folder, segment(6)), 700)
  await using store = await BlockStore.open({ folder })
  const { snapshot, heights, damaged } = await loaded(store)
  assert.deepEqual([snapshot, heights.flat()], [3, [4, 4, 5, 5]])
  assert.deepEqual(
    asideIn(folder),
    [6, 7, 8, 9].map((number, i) => `${segment(number)}.damaged-${i + 1}`),
  )
  assert.match(damaged[0]!, /blocks-0000000006\.log is damaged at byte 0; a copy is kept as .*damaged-1/)
  assert.equal(store.newest, 5)
  await store.append(run(6, { blocks: 2 }))
  await store.close()
  await using again = await BlockStore.open({ folder })
  assert.deepEqual((await loaded(again)).heights, [
    [4, 4],
    [5, 5],
    [6, 7],
  ])
})

test('a file is cut off where its damage begins', async () => {
  const folder = await storeWith(5, [], 1_000_000)
  const path = join(folder, segment(1))
  const batch = readFileSync(path).length / 5
  flip(path, 3 * batch + 100)
  await using store = await BlockStore.open({ folder })
  assert.deepEqual((await loaded(store)).heights.flat(), [1, 1, 2, 2, 3, 3])
  assert.equal(readFileSync(path).length, 3 * batch)
  assert.equal(readFileSync(join(folder, asideIn(folder)[0]!)).length, 5 * batch)
})

test('a file that is missing, or stands in the place of another, ends what can be used', async () => {
  const folder = await storeWith(6, [])
  const copy = newFolder()
  cpSync(folder, copy, { recursive: true })
  rmSync(join(folder, segment(3)))
  await using store = await BlockStore.open({ folder })
  assert.deepEqual([store.newest, asideIn(folder).length], [2, 3])
  cpSync(join(copy, segment(5)), join(copy, segment(4)))
  await using other = await BlockStore.open({ folder: copy })
  assert.deepEqual([other.newest, asideIn(copy).length], [3, 3])
})

test('where the newest snapshot is damaged, the one before serves with the runs since', async () => {
  const folder = await storeWith(9, [3, 7])
  flip(join(folder, state(7)), -1)
  await using store = await BlockStore.open({ folder })
  const { snapshot, heights, damaged } = await loaded(store)
  assert.deepEqual([snapshot, heights.map(([first]) => first)], [3, [4, 5, 6, 7, 8, 9]])
  assert.match(damaged[0]!, /snapshot-0000000000000007\.state is damaged/)
})

test('where both are, it goes on from the genesis if it can, and otherwise has nothing', async () => {
  const whole = await storeWith(9, [7])
  flip(join(whole, state(7)), 20)
  await using store = await BlockStore.open({ folder: whole })
  assert.deepEqual([(await loaded(store)).snapshot, store.oldest, store.newest], [undefined, 1, 9])
  const folder = await storeWith(9, [3, 7])
  for (const height of [3, 7]) truncateSync(join(folder, state(height)), 30)
  await using empty = await BlockStore.open({ folder, limits: { damagedFiles: 100 } })
  const { snapshot, heights, damaged } = await loaded(empty)
  assert.deepEqual([snapshot, heights, empty.newest], [undefined, [], 0])
  assert.equal(damaged.length, 8)
  await empty.putSnapshot(snapshotAt(20))
  await empty.append(run(21))
  assert.deepEqual((await loaded(empty)).heights, [[21, 21]])
})

test('where damage cuts the blocks off before the newest snapshot, it goes on from that one alone', async () => {
  const folder = await storeWith(9, [3, 7])
  flip(join(folder, segment(5)), 3)
  await using store = await BlockStore.open({ folder })
  const { snapshot, heights } = await loaded(store)
  assert.deepEqual([snapshot, heights, store.oldest, store.newest], [7, [], 8, 7])
  await store.append(run(8))
  assert.equal(store.newest, 8)
})

test('only so many damaged files are kept', async () => {
  const folder = await storeWith(9, [])
  flip(join(folder, segment(2)), 3)
  await using store = await BlockStore.open({ folder, limits: { damagedFiles: 3 } })
  assert.deepEqual([(await store.load()).damaged.length, asideIn(folder).length], [8, 3])
})

test('damage that comes while it is open is not given out', async () => {
  const folder = await storeWith(5, [2])
  await using store = await BlockStore.open({ folder })
  flip(join(folder, segment(4)), 200)
  assert.equal(await store.runAt(4), undefined)
  assert.equal(await store.finalityOf(4), undefined)
  assert.equal((await errorOf(loaded(store))).code, 'STORAGE_DAMAGED')
  flip(join(folder, state(2)), -1)
  assert.equal(await store.chunk(2, 1), undefined)
  assert.equal((await errorOf(store.snapshot())).code, 'STORAGE_DAMAGED')
  rmSync(join(folder, state(2)))
  assert.equal(await store.chunk(2, 0), undefined)
  rmSync(join(folder, segment(5)))
  assert.equal(await store.runAt(5), undefined)
})

const EPOCHS = [0, 1, 2, 3, 4, 5, 6, 7]

async function storeWithEpochs(): Promise<string> {
  const folder = newFolder()
  await using store = await BlockStore.open({ folder, limits: { segmentBytes: 1 } })
  for (const epoch of EPOCHS) await store.putEpochProof(epoch, epochProof(epoch))
  return folder
}

const epochs = (number: number) => `epochs-${String(number).padStart(10, '0')}.log`

/** Puts again what is missing, in the order in which it is told. */
async function refill(store: BlockStore): Promise<number[]> {
  const put: number[] = []
  for (;;) {
    const missing = await store.missingEpochProof(EPOCHS.length)
    if (missing === undefined) return put
    put.push(missing)
    await store.putEpochProof(missing, epochProof(missing))
  }
}

test('proofs of epochs that were damaged come again, and stay', async () => {
  const folder = await storeWithEpochs()
  flip(join(folder, epochs(3)), 200)
  {
    await using store = await BlockStore.open({ folder })
    assert.equal((await store.epochProofs(0)).length, 2)
    // The chain goes on meanwhile, behind the hole.
    await store.putEpochProof(7, epochProof(7))
    assert.deepEqual(await refill(store), [2, 3, 4, 5, 6])
    assert.deepEqual(await store.epochProofs(0), EPOCHS.map(epochProof))
  }
  await using again = await BlockStore.open({ folder })
  assert.equal((await again.load()).damaged.length, 0)
  assert.deepEqual(await again.epochProofs(0), EPOCHS.map(epochProof))
})

test('where what came again is damaged in its turn, or more of the rest, all of it comes again', async () => {
  const folder = await storeWithEpochs()
  flip(join(folder, epochs(5)), 200)
  {
    await using store = await BlockStore.open({ folder, limits: { segmentBytes: 1 } })
    await store.putEpochProof(7, epochProof(7))
    assert.deepEqual(await refill(store), [4, 5, 6])
  }
  flip(join(folder, `late-${epochs(2)}`), 200)
  flip(join(folder, epochs(2)), 200)
  await using store = await BlockStore.open({ folder })
  await refill(store)
  assert.deepEqual(await store.epochProofs(0), EPOCHS.map(epochProof))
})

test('proofs of epochs that are damaged while it is open are missing once they are asked for', async () => {
  const folder = await storeWithEpochs()
  await using store = await BlockStore.open({ folder })
  flip(join(folder, epochs(3)), 200)
  assert.equal(await store.missingEpochProof(8), undefined)
  assert.equal((await store.epochProofs(0)).length, 2)
  assert.deepEqual(await refill(store), [2])
  assert.deepEqual(await store.epochProofs(0), EPOCHS.map(epochProof))
})

/** Whatever the store gives out is what was put into it. */
async function checkAll(store: BlockStore): Promise<void> {
  for (let height = 1; height <= 6; height++) {
    const found = await store.runAt(height)
    if (found !== undefined) assert.deepEqual(found, run(height))
  }
  const snapshot = await store.snapshot()
  if (snapshot !== undefined) assert.deepEqual(snapshot, snapshotAt(snapshot.seed.tip.height))
  for (const proof of await store.epochProofs(0)) assert.deepEqual(proof, epochProof(0))
}
