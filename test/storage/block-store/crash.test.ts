/** A process that stores blocks is killed again and again, or its files end anywhere: what was acknowledged is there. */
import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { BlockStore } from '../../../storage/block-store/block-store.ts'
import { linesUntilKilled } from '../../support/killed-output.ts'
import { newFolder } from '../embedded/folders.ts'
import { epochProof, loaded, run } from './samples.ts'

const PROGRAM = fileURLToPath(new URL('archiving-process.ts', import.meta.url))
const KILLS = 10
const WITHIN_MS = 80

test('nothing that was acknowledged is lost by a process that is killed while it stores', async (t) => {
  const folder = newFolder()
  let count = 0
  for (let kills = 0; kills < KILLS; kills++) {
    const acknowledged = await killWhileArchiving(folder)
    await using store = await BlockStore.open({ folder })
    const content = await loaded(store)
    assert.deepEqual(content.damaged, [])
    count += acknowledged.length
    for (const [what, height] of acknowledged) {
      assert.ok(store.newest >= height, `${what} ${height} is lost`)
      if (what === 'epoch') assert.deepEqual(await store.epochProofs(height, 1), [epochProof(height)])
      if (what === 'snapshot') assert.ok(content.snapshot! >= height)
      if (what === 'run' && height >= store.oldest)
        assert.deepEqual(await store.runAt(height), run(height, { payload: (height * 37) % 1_500 }))
    }
    // Without a gap from the snapshot to the newest.
    const heights = content.heights.map(([first]) => first)
    assert.deepEqual(
      heights,
      Array.from(
        { length: store.newest - (content.snapshot ?? 0) },
        (_, i) => (content.snapshot ?? 0) + 1 + i,
      ),
    )
  }
  t.diagnostic(`${count} acknowledgements`)
  assert.ok(count > KILLS)
})

test('wherever its newest file ends, all batches before are there, and the rest is told and cut off', async () => {
  const folder = newFolder()
  const store = await BlockStore.open({ folder })
  const path = join(folder, 'blocks-0000000001.log')
  // Where the file ends when so many heights are durable.
  const ends = new Map<number, number>()
  for (const [first, blocks] of [
    [1, 1],
    [2, 2],
    [4, 1],
  ] as const) {
    await store.append(run(first, { blocks, payload: 900 }))
    ends.set(first + blocks - 1, statSync(path).size)
  }
  await store.close()
  const firstEnd = ends.get(1)!
  const size = statSync(path).size
  const sectors = Array.from({ length: (size - firstEnd) / 512 + 1 }, (_, i) => firstEnd + 512 * i)
  for (const end of sectors.flatMap((at) => [at - 1, at, at + 1, at + 300])) {
    if (end < firstEnd || end > size) continue
    const copy = newFolder()
    cpSync(folder, copy, { recursive: true })
    truncateSync(join(copy, 'blocks-0000000001.log'), end)
    await using cut = await BlockStore.open({ folder: copy })
    const [newest, durable] = [...ends].findLast(([, one]) => one <= end)!
    assert.deepEqual([cut.newest, cut.tornBytes], [newest, end - durable])
    assert.deepEqual((await cut.load()).damaged, [])
    await cut.append(run(newest + 1))
    await cut.close()
    await using again = await BlockStore.open({ folder: copy })
    assert.deepEqual([again.newest, again.tornBytes], [newest + 1, 0])
    assert.deepEqual(await again.runAt(newest + 1), run(newest + 1))
  }
})

test('sectors that never reached the disk make the last batch torn, and an earlier one damaged', async () => {
  const folder = newFolder()
  const store = await BlockStore.open({ folder })
  const path = join(folder, 'blocks-0000000001.log')
  const ends = [0]
  for (const height of [1, 2, 3]) {
    await store.append(run(height, { payload: 1_500 }))
    ends.push(statSync(path).size)
  }
  await store.close()
  const bytes = readFileSync(path)
  for (let at = ends[1]!; at < bytes.length; at += 512) {
    const copy = newFolder()
    cpSync(folder, copy, { recursive: true })
    writeFileSync(join(copy, 'blocks-0000000001.log'), Buffer.from(bytes).fill(0, at, at + 512))
    await using lost = await BlockStore.open({ folder: copy })
    const isLast = at >= ends[2]!
    assert.deepEqual([lost.newest, lost.tornBytes > 0], [isLast ? 2 : 1, isLast])
    assert.equal((await lost.load()).damaged.length, isLast ? 0 : 1)
  }
})

test('a file that was not finished is no part of the store', async () => {
  const folder = newFolder()
  await using store = await BlockStore.open({ folder })
  await store.append(run(1))
  await store.close()
  cpSync(join(folder, 'blocks-0000000001.log'), join(folder, 'blocks-0000000002.log.new'))
  cpSync(join(folder, 'blocks-0000000001.log'), join(folder, 'snapshot-0000000000000001.state.new'))
  await using again = await BlockStore.open({ folder })
  assert.deepEqual(await loaded(again), { snapshot: undefined, heights: [[1, 1]], damaged: [] })
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.new')),
    [],
  )
})

/** Returns what it has acknowledged since it began. */
async function killWhileArchiving(folder: string): Promise<[string, number][]> {
  const lines = await linesUntilKilled(PROGRAM, [folder], WITHIN_MS)
  return lines.map((line) => [line.split(' ')[0]!, Number(line.split(' ')[1])])
}
