/** What the store does when the machine does not do what it should. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { EmbeddedChunkStore } from '../../../storage/embedded/chunk-store.ts'
import { Database } from '../../../storage/embedded/database.ts'
import { errorOf } from '../../support/until.ts'
import { chunk, contentOf } from '../conformance.ts'
import { newFolder } from './folders.ts'
import { entriesOf } from './log.ts'

const LIMITED = fileURLToPath(new URL('limited-process.ts', import.meta.url))

test('a full store refuses what does not fit, takes what does, and goes on when there is room', async () => {
  const folder = newFolder()
  const store = await EmbeddedChunkStore.open({ folder, limits: { storeBytes: 128 * 1024 } })
  const large = chunk('large', 'snapshot', 'x', new Uint8Array(200_000))
  const calls = [
    store.write([chunk('a', 'snapshot', 'x', [1])]),
    store.write([large]),
    store.write([chunk('b', 'snapshot', 'x', [2])]),
    store.load('a'),
  ]
  const [first, refused, second, loaded] = await Promise.allSettled(calls)
  assert.deepEqual([first!.status, second!.status, loaded!.status], Array(3).fill('fulfilled'))
  const { reason } = refused as PromiseRejectedResult
  assert.deepEqual([reason.code, reason.mayHaveRun], ['STORAGE_FAILED', false])
  assert.match(reason.message, /chunks\.write failed on .*is full .*make room, or raise the limit/)
  await store.write([chunk('c', 'snapshot', 'x', new Uint8Array(60_000))])
  assert.equal(
    (await errorOf(store.write([{ ...large, bytes: large.bytes.subarray(0, 60_000) }]))).code,
    'STORAGE_FAILED',
  )
  await store.remove('c')
  await store.write([{ ...large, bytes: large.bytes.subarray(0, 60_000) }])
  await store.close()
  await using again = await EmbeddedChunkStore.open({ folder })
  assert.deepEqual(await again.documents(), ['a', 'b', 'large'])
})

test('a disk that takes no more loses nothing that was acknowledged', async () => {
  const folder = newFolder()
  // A signal that is ignored makes the system call fail instead, as a broken disk does.
  const script = `trap '' XFSZ; ulimit -f 400; exec "$0" "$@"`
  const output = execFileSync('sh', ['-c', script, process.execPath, LIMITED, folder], { encoding: 'utf8' })
  const { acknowledged, left, code, message } = JSON.parse(output)
  assert.equal(code, 'STORAGE_FAILED')
  assert.match(message, /chunks\.write failed on .*SQLite \d+\): the disk/)
  assert.ok(acknowledged.length > 0)
  assert.deepEqual(
    acknowledged.filter((number: number) => !left.includes(number)),
    [],
  )
  await using store = await EmbeddedChunkStore.open({ folder })
  const found = await entriesOf(store, 'd')
  assert.deepEqual(
    acknowledged.filter((number: number) => !found.has(number)),
    [],
  )
})

test('a call that is refused does not harm those beside it', async () => {
  await using store = await EmbeddedChunkStore.open({ folder: newFolder(), limits: { documentBytes: 3 } })
  const sizes = [1, 5, 2, 9, 3]
  const writes = sizes.map((size, i) => store.write([chunk(`d${i}`, 'snapshot', 'x', new Uint8Array(size))]))
  const results = await Promise.allSettled(writes)
  assert.deepEqual(
    results.map((result) => (result.status === 'rejected' ? result.reason.code : 'kept')),
    ['kept', 'STORAGE_FULL', 'kept', 'STORAGE_FULL', 'kept'],
  )
  assert.deepEqual(await store.documents(), ['d0', 'd2', 'd4'])
})

test('a data folder below a file is refused', async () => {
  const file = newFolder()
  writeFileSync(file, '')
  for (const folder of [file, join(file, 'below')]) {
    const error = await errorOf(EmbeddedChunkStore.open({ folder }))
    assert.equal(error.code, 'STORAGE_FAILED')
    assert.match(error.message, /cannot use the data folder .*choose another folder/)
  }
})

test('a folder in the place of the database is refused, and the data folder is free again', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'storage.db'), { recursive: true })
  for (const _ of [1, 2]) {
    const error = await errorOf(EmbeddedChunkStore.open({ folder }))
    assert.equal(error.code, 'STORAGE_FAILED')
    assert.match(error.message, /cannot open .*this user may write it/)
  }
})

test('a data folder that this user may not write is refused', () => {
  const folder = newFolder()
  mkdirSync(folder, { mode: 0o500 })
  asNobody(() =>
    assert.throws(() => Database.open(folder, { storeBytes: 1e6 }), {
      code: 'STORAGE_FAILED',
      message: /cannot use the data folder .*this user may not write there/,
    }),
  )
})

test('a database of another program, or of a newer version, is refused and left alone', async () => {
  for (const [statement, reason] of [
    ['CREATE TABLE theirs (x)', /a database of another program/],
    ['PRAGMA user_version = 99', /has schema 99, and this version of neuroplex knows 1/],
  ] as const) {
    const folder = newFolder()
    mkdirSync(folder)
    const path = join(folder, 'storage.db')
    run(path, statement)
    const error = await errorOf(EmbeddedChunkStore.open({ folder }))
    assert.equal(error.code, 'STORAGE_FAILED')
    assert.match(error.message, reason)
    run(path, 'SELECT 1')
  }
})

test('only the owner can look into the folder and its files', async () => {
  const folder = newFolder()
  await using store = await EmbeddedChunkStore.open({ folder })
  await store.write([chunk('d', 'snapshot', 'x', [1])])
  assert.deepEqual(await contentOf(store, 'd'), ['snapshot x 1'])
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  for (const file of ['storage.db', 'storage.db-wal', 'storage.db-shm', 'lock', 'lock.pid'])
    assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file)
})

/** The superuser may write everywhere, so that a test has to be someone else for a moment. */
function asNobody(run: () => void): void {
  if (process.getuid?.() !== 0) return run()
  process.seteuid!(65_534)
  try {
    run()
  } finally {
    process.seteuid!(0)
  }
}

function run(path: string, statement: string): void {
  const sql = new DatabaseSync(path)
  sql.exec(statement)
  sql.close()
  chmodSync(path, 0o600)
}
