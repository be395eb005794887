/** The thread that has the data folder open: who waits for it, and what becomes of it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { EmbeddedChunkStore } from '../../../storage/embedded/chunk-store.ts'
import { errorOf, until } from '../../support/until.ts'
import { chunk, contentOf } from '../conformance.ts'
import { newFolder } from './folders.ts'
import { entriesOf, entry } from './log.ts'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const KiB = 1024

/** Opens a store and tells its thread. */
async function openWithThread(folder: string, limits = {}): Promise<[EmbeddedChunkStore, Worker]> {
  let thread: Worker | undefined
  const seen = (message: unknown) => {
    thread = (message as { worker: Worker }).worker
  }
  diagnostics.subscribe('worker_threads', seen)
  const store = await EmbeddedChunkStore.open({ folder, limits })
  diagnostics.unsubscribe('worker_threads', seen)
  return [store, thread!]
}

test('a folder is open once in a process', async () => {
  const folder = newFolder()
  const store = await EmbeddedChunkStore.open({ folder })
  const error = await errorOf(EmbeddedChunkStore.open({ folder }))
  assert.equal(error.code, 'STORAGE_IN_USE')
  assert.match(error.message, /in use by this process: end that/)
  await store.close()
  await using again = await EmbeddedChunkStore.open({ folder })
  assert.deepEqual(await again.documents(), [])
})

test('a folder is open in one process, which is named, until that has ended', async () => {
  const folder = newFolder()
  const child = spawn(process.execPath, [path('writing-process.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  await until('the process writes', () => output.includes('log'))
  const error = await errorOf(EmbeddedChunkStore.open({ folder }))
  assert.equal(error.code, 'STORAGE_IN_USE')
  assert.ok(error.message.includes(`in use by process ${child.pid}`), error.message)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await using store = await EmbeddedChunkStore.open({ folder })
  assert.ok((await store.documents()).length > 0)
})

test('calls that are made together share a transaction', async () => {
  const folder = newFolder()
  await using store = await EmbeddedChunkStore.open({ folder })
  await Promise.all(
    Array.from({ length: 500 }, (_, i) => store.write([chunk(`d${i}`, 'snapshot', 'x', [1])])),
  )
  // Each transaction would write three pages and more of 4 KiB to the log.
  assert.ok(statSync(join(folder, 'storage.db-wal')).size < 500 * 4 * KiB)
  assert.equal((await store.documents()).length, 500)
})

test('calls wait for room, in their order, and are refused when too many wait', async () => {
  const limits = { inFlightBytes: 4 * KiB, waitingCalls: 20 }
  await using store = await EmbeddedChunkStore.open({ folder: newFolder(), limits })
  const writes = Array.from({ length: 50 }, (_, i) =>
    store.write([chunk('d', 'incremental', `${i}`, new Uint8Array(KiB))]).then(
      () => i,
      (error) => {
        assert.equal(error.code, 'STORAGE_BUSY')
        assert.equal(error.mayHaveRun, false)
        return -1
      },
    ),
  )
  const kept = (await Promise.all(writes)).filter((i) => i >= 0)
  assert.ok(kept.length > 20 && kept.length < 50, `${kept.length} were kept`)
  assert.deepEqual(
    (await store.load('d')).chunks.map(({ id }) => Number(id)),
    kept,
  )
})

test('large loads are answered in parts', async () => {
  await using store = await EmbeddedChunkStore.open({ folder: newFolder() })
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) await store.write([chunk(name, 'snapshot', 'x', new Uint8Array(9_000 * KiB))])
  const loaded = await Promise.all(names.map((name) => store.load(name)))
  for (const { chunks } of loaded) assert.equal(chunks[0]!.bytes.byteLength, 9_000 * KiB)
})

test('when the thread is lost, calls fail, and a store that is opened anew has what was acknowledged', async () => {
  const folder = newFolder()
  const [store, thread] = await openWithThread(folder, { inFlightBytes: 64 * KiB })
  await store.write([entry('d', 1)])
  const under = store.write([chunk('d', 'incremental', 'under way', new Uint8Array(50 * KiB))])
  const waiting = store.write([chunk('d', 'incremental', 'waiting', new Uint8Array(50 * KiB))])
  const errors = [under, waiting].map(errorOf)
  // What was asked for is sent before the thread is ended.
  queueMicrotask(() => void thread.terminate())
  const [first, second] = await Promise.all(errors)
  assert.deepEqual([first!.code, first!.mayHaveRun], ['STORAGE_FAILED', true])
  assert.deepEqual([second!.code, second!.mayHaveRun], ['STORAGE_FAILED', false])
  const later = await errorOf(store.load('d'))
  assert.equal(later.code, 'STORAGE_FAILED')
  assert.match(later.message, /the storage thread of .* has ended .*open it again/)
  await store.close()
  await using again = await EmbeddedChunkStore.open({ folder })
  assert.ok((await again.load('d')).chunks.some(({ id }) => id === '1'))
})

test('a thread that ends before it has said anything is an error', async () => {
  const end = (message: unknown) => void (message as { worker: Worker }).worker.terminate()
  diagnostics.subscribe('worker_threads', end)
  const error = await errorOf(EmbeddedChunkStore.open({ folder: newFolder() }))
  diagnostics.unsubscribe('worker_threads', end)
  assert.equal(error.code, 'STORAGE_FAILED')
  assert.match(error.message, /the storage thread of .* cannot be started: it ended by itself/)
})

test('a refusal is told, also when the thread ends together with it', async () => {
  const folder = newFolder()
  await using store = await EmbeddedChunkStore.open({ folder })
  const held = (message: unknown) => {
    const { worker } = message as { worker: Worker }
    // As when the loop is late: the thread's only word and its end are found in one go.
    const emit = worker.emit.bind(worker)
    let deliver = () => {}
    worker.emit = (event: string, ...rest: unknown[]) => {
      if (event === 'exit') deliver()
      if (event !== 'message') return emit(event as 'exit', ...(rest as [number]))
      const listeners = worker.listeners('message')
      deliver = () => {
        for (const listener of listeners) listener(rest[0])
      }
      return true
    }
  }
  diagnostics.subscribe('worker_threads', held)
  const error = await errorOf(EmbeddedChunkStore.open({ folder }))
  diagnostics.unsubscribe('worker_threads', held)
  assert.equal(error.code, 'STORAGE_IN_USE', error.message)
  assert.deepEqual(await store.documents(), [])
})

test('an error that nobody caught on the thread is told', async () => {
  const [store, thread] = await openWithThread(newFolder())
  const error = errorOf(store.write([entry('d', 1)]))
  thread.emit('error', new RangeError('an accident'))
  await thread.terminate()
  assert.match((await error).message, /has ended \(RangeError: an accident\)/)
  await store.close()
})

test('a thread that opened a store and is ended leaves its folder to the next', async () => {
  const folder = newFolder()
  const code = `import(${JSON.stringify(new URL('../../../storage/embedded/chunk-store.ts', import.meta.url))})
    .then(({ EmbeddedChunkStore }) => EmbeddedChunkStore.open({ folder: ${JSON.stringify(folder)} }))
    .then(async (store) => {
      await store.write([{ document: 'd', kind: 'snapshot', id: 'x', bytes: Uint8Array.of(1) }])
      require('node:worker_threads').parentPort.postMessage('written')
      setInterval(() => {}, 1000)
    })`
  const owner = new Worker(code, { eval: true })
  await once(owner, 'message')
  assert.equal((await errorOf(EmbeddedChunkStore.open({ folder }))).code, 'STORAGE_IN_USE')
  await owner.terminate()
  await using store = await EmbeddedChunkStore.open({ folder })
  assert.deepEqual(await contentOf(store, 'd'), ['snapshot x 1'])
})

for (const count of [0, 200])
  test(`a process ends by itself, with ${count} writes under way that it does not wait for`, async () => {
    const folder = newFolder()
    const child = spawn(process.execPath, [path('ending-process.ts'), folder, `${count}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', (text) => {
      errors += text
    })
    const [exit] = await once(child, 'exit')
    assert.deepEqual([exit, errors], [0, ''])
    await using store = await EmbeddedChunkStore.open({ folder })
    assert.equal((await entriesOf(store, 'd')).size, count)
  })
