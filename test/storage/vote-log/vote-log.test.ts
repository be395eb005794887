import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { VoteLog } from '../../../storage/vote-log/vote-log.ts'
import { errorOf } from '../../support/until.ts'
import { newFolder } from '../embedded/folders.ts'
import { contentOf, record } from './samples.ts'

const LIMITED = fileURLToPath(new URL('limited-process.ts', import.meta.url))
const KiB = 1024

test('gives what was appended, each validator its own, in order, also after it was closed', async () => {
  const folder = newFolder()
  await using log = await VoteLog.open({ folder })
  assert.deepEqual(contentOf(log, 'a'), [])
  void log.append('a', [record(1, 'x'), record(2, 'y')])
  void log.append('b', [record(1, 'z')])
  await log.append('a', [record(1, 'w'), record(3, '')])
  const [a, b] = [['1 x', '2 y', '1 w', '3 '], ['1 z']]
  assert.deepEqual([contentOf(log, 'a'), contentOf(log, 'b')], [a, b])
  await log.close()
  await using again = await VoteLog.open({ folder })
  assert.deepEqual([contentOf(again, 'a'), contentOf(again, 'b'), again.tornBytes], [a, b, 0])
})

test('an append settles after all before it, in whatever batches they go', async () => {
  await using log = await VoteLog.open({ folder: newFolder(), limits: { inFlightBytes: 9_000_000 } })
  const settled: number[] = []
  const sizes = [1, 3_000_000, 3_000_000, 5, 6_000_000, 0, 1]
  await Promise.all(
    sizes.map((size, i) =>
      log.append('a', [{ view: i, bytes: new Uint8Array(size) }]).then(() => settled.push(i)),
    ),
  )
  await log.append('a', [])
  assert.deepEqual(settled, [...sizes.keys()])
  assert.deepEqual(
    log.records('a').map(({ bytes }) => bytes.length),
    sizes,
  )
})

test('what is forgotten is gone with the next segment, and what is kept goes on in it', async () => {
  const folder = newFolder()
  const options = { folder, limits: { segmentBytes: 64 * KiB } }
  await using log = await VoteLog.open(options)
  await log.append('quiet', [record(1, 'kept')])
  for (let view = 1; view <= 200; view++) {
    await log.append('busy', [record(view, 'x'.repeat(KiB))])
    log.forget('busy', view)
  }
  log.forget('nobody', 7)
  const files = readdirSync(folder).filter((name) => name.endsWith('.log'))
  assert.equal(files.length, 1, files.join())
  assert.ok(Number(files[0]!.slice(6, 16)) > 2)
  assert.deepEqual(
    log.records('busy').map(({ view }) => view),
    [200],
  )
  await log.close()
  // A log that is closed leaves no room behind.
  assert.ok(statSync(join(folder, files[0]!)).size <= 66 * KiB)
  await using again = await VoteLog.open(options)
  assert.deepEqual(contentOf(again, 'quiet'), ['1 kept'])
  assert.equal(again.records('busy').at(-1)!.view, 200)
  again.forget('busy', 201)
  await again.close()
  await using third = await VoteLog.open(options)
  assert.deepEqual(contentOf(third, 'quiet'), ['1 kept'])
})

test('starts with the newest segment when a crash has left an older or an unfinished one', async () => {
  const folder = newFolder()
  const log = await VoteLog.open({ folder })
  await log.append('a', [record(1, 'x')])
  await log.close()
  writeFileSync(join(folder, 'votes-0000000000.log'), 'an older one')
  writeFileSync(join(folder, 'votes-0000000002.log.new'), 'an unfinished one')
  await using again = await VoteLog.open({ folder })
  assert.deepEqual(contentOf(again, 'a'), ['1 x'])
  const files = readdirSync(folder).filter((name) => name.startsWith('votes'))
  assert.deepEqual(files, ['votes-0000000002.log'])
})

test('keeps no more than it may, says so, and goes on when something is forgotten', async () => {
  await using log = await VoteLog.open({ folder: newFolder(), limits: { keptBytes: 4 * KiB } })
  const large = record(1, 'x'.repeat(3 * KiB))
  await log.append('a', [large])
  const results = await Promise.allSettled([
    log.append('a', [large]),
    log.append('a', [record(2, 'y')]),
    log.append('b', [large]),
  ])
  assert.deepEqual(
    results.map((result) => (result.status === 'rejected' ? result.reason.code : 'kept')),
    ['STORAGE_FULL', 'kept', 'STORAGE_FULL'],
  )
  log.forget('a', 2)
  await log.append('b', [large])
  assert.deepEqual(contentOf(log, 'a'), ['2 y'])
})

test('refuses more than may wait, what is no record, and everything once it is closed', async () => {
  const limits = { inFlightBytes: 100, waitingCalls: 1 }
  await using log = await VoteLog.open({ folder: newFolder(), limits })
  const accepted = [log.append('a', [record(1, 'x')]), log.append('a', [record(2, 'y')])]
  const busy = await errorOf(log.append('a', [record(3, 'z')]))
  assert.deepEqual([busy.code, busy.mayHaveRun], ['STORAGE_BUSY', false])
  for (const [name, view] of [
    ['', 1],
    ['é'.repeat(129), 1],
    ['a', -1],
    ['a', 0.5],
  ] as const)
    assert.equal((await errorOf(log.append(name, [record(view, '')]))).code, 'INVALID_OPTION')
  const closing = log.close()
  assert.equal((await errorOf(log.append('a', []))).code, 'STORAGE_CLOSED')
  await Promise.all([...accepted, closing])
  assert.deepEqual(contentOf(log, 'a'), ['1 x', '2 y'])
})

test('one has the folder at a time, and only its owner can look into it', async () => {
  const folder = newFolder()
  await using log = await VoteLog.open({ folder })
  assert.equal((await errorOf(VoteLog.open({ folder }))).code, 'STORAGE_IN_USE')
  await log.append('a', [record(1, 'x')])
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  for (const file of readdirSync(folder)) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file)
})

test('refuses limits that make no sense and a folder that can’t be one', async () => {
  for (const limits of [{ keptBytes: 2 ** 30 }, { segmentBytes: 0 }, { pages: 1 } as object])
    assert.equal((await errorOf(VoteLog.open({ folder: newFolder(), limits }))).code, 'INVALID_OPTION')
  const file = newFolder()
  writeFileSync(file, '')
  assert.equal((await errorOf(VoteLog.open({ folder: file }))).code, 'STORAGE_FAILED')
})

test('a disk that takes no more ends the log and loses nothing that was acknowledged', async () => {
  const folder = newFolder()
  // A signal that is ignored makes the system call fail instead, as a full disk does.
  const script = `trap '' XFSZ; ulimit -f 5000; exec "$0" "$@"`
  const output = execFileSync('sh', ['-c', script, process.execPath, LIMITED, folder], { encoding: 'utf8' })
  const { acknowledged, failures, later } = JSON.parse(output)
  assert.ok(acknowledged.length > 0)
  assert.deepEqual([failures[0].code, failures[0].mayHaveRun], ['STORAGE_FAILED', true])
  assert.match(failures[0].message, /cannot write to .*close it and open it again/)
  // Those of the batch that failed may be there, those behind it are not.
  const mayHaveRun = failures.map((failure: { mayHaveRun: boolean }) => failure.mayHaveRun)
  assert.match(mayHaveRun.join(' '), /^true( true)*( false)*$/)
  assert.deepEqual([later.code, later.mayHaveRun], ['STORAGE_FAILED', false])
  await using log = await VoteLog.open({ folder })
  const found = new Set(log.records('a').map(({ view }) => view))
  assert.deepEqual(
    acknowledged.filter((view: number) => !found.has(view)),
    [],
  )
})
