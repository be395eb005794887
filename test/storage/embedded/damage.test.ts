/** What the store makes of a file that is not as it was written. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { ChunkDamagedError } from '../../../protocols/errors.ts'
import type { Chunk, ChunkStore } from '../../../storage/chunk-store.ts'
import { EmbeddedChunkStore } from '../../../storage/embedded/chunk-store.ts'
import { errorOf } from '../../support/until.ts'
import { chunk, contentOf } from '../conformance.ts'
import { newFolder } from './folders.ts'

const PAGE_BYTES = 4_096
const MARK = Buffer.from('these bytes will be damaged on the disk')

const good = chunk('d', 'incremental', 'good', [1])
const marked: Chunk = { document: 'd', kind: 'snapshot', id: 'marked', bytes: MARK }

/** Writes the chunks, closes the store, and changes its file. */
async function damaged(chunks: Chunk[], change: (file: Buffer, path: string) => void): Promise<string> {
  const folder = newFolder()
  const store = await EmbeddedChunkStore.open({ folder })
  await store.write(chunks)
  await store.close()
  const path = join(folder, 'storage.db')
  const file = readFileSync(path)
  change(file, path)
  writeFileSync(path, file)
  return folder
}

/** Flips one bit of the marked chunk. */
function flip(file: Buffer): void {
  const place = file.indexOf(MARK)
  assert.ok(place > 0)
  file[place + 5]! ^= 1
}

async function assertTold(store: ChunkStore): Promise<void> {
  const { chunks, damaged } = await store.load('d')
  assert.deepEqual(
    chunks.map(({ id }) => id),
    ['good'],
  )
  assert.equal(damaged.length, 1)
  const { error, ...key } = damaged[0]!
  assert.deepEqual(key, { document: 'd', kind: 'snapshot', id: 'marked' })
  assert.ok(error instanceof ChunkDamagedError)
  assert.equal(error.target, 'd')
  assert.match(error.message, /the snapshot chunk "marked" of document "d" is damaged/)
}

test('a damaged chunk is told each time, kept, and never given out', async () => {
  const folder = await damaged([marked, good], flip)
  const store = await EmbeddedChunkStore.open({ folder })
  await assertTold(store)
  await assertTold(store)
  await store.close()
  const sql = new DatabaseSync(join(folder, 'storage.db'))
  const kept = sql.prepare('SELECT id, bytes FROM damaged').all() as { id: string; bytes: Uint8Array }[]
  sql.close()
  assert.equal(kept.length, 1)
  assert.equal(kept[0]!.bytes.byteLength, MARK.byteLength)
  await using again = await EmbeddedChunkStore.open({ folder })
  await assertTold(again)
})

test('a damaged chunk is forgotten when a good one takes its place', async () => {
  await using store = await EmbeddedChunkStore.open({ folder: await damaged([marked, good], flip) })
  await assertTold(store)
  await store.write([marked])
  assert.deepEqual(await contentOf(store, 'd'), [`snapshot marked ${MARK.join()}`, 'incremental good 1'])
})

test('a good copy mends a damaged chunk that nobody has noticed', async () => {
  await using store = await EmbeddedChunkStore.open({ folder: await damaged([marked, good], flip) })
  await store.write([marked])
  assert.equal((await contentOf(store, 'd')).length, 2)
})

test('a damaged chunk is forgotten when it is removed, and its document stays as long as it is not', async () => {
  await using store = await EmbeddedChunkStore.open({ folder: await damaged([marked, good], flip) })
  await assertTold(store)
  await store.write([], [good])
  assert.deepEqual(await store.documents(), ['d'])
  await store.write([chunk('d', 'snapshot', 'mended', [2])], [marked])
  assert.deepEqual(await contentOf(store, 'd'), ['snapshot mended 2'])
  await store.write([], [chunk('d', 'snapshot', 'mended', [])])
  assert.deepEqual(await store.documents(), [])
})

test('a document goes with its damaged chunks, and what is set aside does not count for its size', async () => {
  const folder = await damaged([marked, good], flip)
  await using store = await EmbeddedChunkStore.open({ folder, limits: { documentBytes: 4 } })
  await assertTold(store)
  await store.write([chunk('d', 'incremental', 'next', [1, 2, 3])])
  assert.equal((await errorOf(store.write([chunk('d', 'incremental', 'x', [1])]))).code, 'STORAGE_FULL')
  await store.remove('d')
  assert.deepEqual(await store.documents(), [])
  assert.deepEqual(await contentOf(store, 'd'), [])
})

test('a chunk that SQLite itself cannot read is told, and its neighbours are there', async () => {
  const large = { ...marked, bytes: Buffer.alloc(5 * PAGE_BYTES, MARK) }
  const folder = await damaged([large, good], (file) => {
    // A large value fills pages of its own, each of which begins with the number of the next.
    const page = Math.floor(file.indexOf(MARK, file.indexOf(MARK) + PAGE_BYTES) / PAGE_BYTES)
    file.writeUInt32BE(0xfffffff0, page * PAGE_BYTES)
  })
  await using store = await EmbeddedChunkStore.open({ folder })
  await assertTold(store)
  await assertTold(store)
})

test('a file that is no database any more is refused, and left as it is', async () => {
  const folder = await damaged([marked], (file) => file.fill(0xaa, 0, 200))
  const path = join(folder, 'storage.db')
  const before = readFileSync(path)
  const error = await errorOf(EmbeddedChunkStore.open({ folder }))
  assert.equal(error.code, 'STORAGE_FAILED')
  assert.match(error.message, /cannot open .*storage\.db: file is not a database.*restore a backup/)
  assert.ok(error.cause instanceof Error)
  assert.deepEqual(readFileSync(path), before)
})

test('a call that meets damage in the tables fails, and others go on', async () => {
  const folder = await damaged([marked], (file, path) => {
    const page = rootPage(path, 'sqlite_autoindex_chunks_1')
    file.fill(0xff, (page - 1) * PAGE_BYTES, page * PAGE_BYTES)
  })
  await using store = await EmbeddedChunkStore.open({ folder })
  const [loading, writing] = [store.load('d'), store.write([good])].map(errorOf)
  assert.deepEqual(await store.documents(), ['d'])
  for (const error of [await loading, await writing]) {
    assert.equal(error!.code, 'STORAGE_FAILED')
    assert.match(error!.message, /chunks\.(load|write) failed on .*malformed.*keep a copy/)
  }
})

/** The number of the page at which a table or an index begins. */
function rootPage(path: string, name: string): number {
  const sql = new DatabaseSync(path, { readOnly: true })
  const { rootpage } = sql.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name) as {
    rootpage: number
  }
  sql.close()
  return rootpage
}
