import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { chain, decisions, type ValidatorsOptions, validators } from '../../../actors/validator/index.ts'
import { ensureFileKey } from '../../../actors/validator/keys/file-key.ts'
import { createKey } from '../../../actors/validator/keys/key-file.ts'
import type { ActorSystem } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { errorOf } from '../../support/until.ts'

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'neuroplex-validators-'))
  folders.push(folder)
  return folder
}

const start = (options: ValidatorsOptions, dataDir = newFolder(), logFile?: string): Promise<ActorSystem> =>
  startSystem({
    ...{ dataDir, services: [validators(options)] },
    ...(logFile === undefined ? {} : { logFile, logLevel: 'warn' as const }),
  })

test('options that make no sense are refused at once', () => {
  for (const [options, message] of [
    [{ storage: 'cloud' as never }, /storage has to be one of embedded, volatile/],
    [{ count: 0 }, /count has to be a whole number from 1 to 64/],
    [{ count: 2.5 }, /count has to be/],
    [{ keys: ['a.json'] }, /keys are for a genesis document/],
  ] as const)
    assert.throws(() => validators(options), { code: 'INVALID_OPTION', message })
})

test('a chain of a node’s own goes on at the next start, with the same keys and all that was decided', async () => {
  const folder = newFolder()
  const first = await start({}, folder)
  const { height, index } = await decisions(first).decide('kept', 'value')
  const { chainId } = await chain(first).status()
  await first.shutdown()
  for (const file of ['validator-1', 'validator-4'])
    assert.equal(statSync(join(folder, 'validators/keys', `${file}.key`)).mode & 0o777, 0o600)

  const second = await start({}, folder)
  assert.equal((await chain(second).status()).chainId, chainId)
  const follower = decisions(second).follow('kept')
  const { value: kept } = await follower.next()
  assert.deepEqual([kept?.value, kept?.height, kept?.index], ['value', height, index])
  assert.equal(kept?.certificate?.kind, 'finalize')
  await follower.return?.(undefined)
  await second.shutdown()
})

test('a folder of another chain is refused, and left as it is', async () => {
  const folder = newFolder()
  await (await start({}, folder)).shutdown()
  const genesis = readFileSync(join(folder, 'validators/genesis.json'))
  for (const options of [{ genesis: { block_time: 1_000 } }, { count: 5 }]) {
    const error = await errorOf(start(options, folder))
    assert.equal(error.code, 'OTHER_CHAIN')
  }
  assert.deepEqual(readFileSync(join(folder, 'validators/genesis.json')), genesis)
})

test('a genesis document with key files runs the validators whose keys are given', async () => {
  const folder = newFolder()
  const protection = { keyFile: join(folder, 'file.key') }
  await ensureFileKey(protection.keyFile)
  const keys = [1, 2, 3, 4].map((i) => join(folder, `v${i}.key`))
  const documents: { id: string; public_key: string; stake: number }[] = []
  for (const [i, path] of keys.entries()) {
    const publicKey = await createKey({ path, protection })
    documents.push({ id: `v${i + 1}`, public_key: publicKey, stake: 100 * (i + 1) })
  }
  const genesis = join(folder, 'genesis.json')
  writeFileSync(genesis, JSON.stringify({ chain: 'given', genesis_time: 1, validators: documents }))

  const system = await start({ genesis, keys, protection })
  await decisions(system).decide('t', 1)
  const { validators: shown, toleratedStake, totalStake } = await chain(system).status()
  assert.deepEqual([totalStake, toleratedStake], [1_000, 333])
  assert.deepEqual(
    shown.map(({ id, stake }) => [id, stake]).toSorted(),
    documents.map(({ id, stake }) => [id, stake]),
  )
  await system.shutdown()

  const closed = join(folder, 'closed.key')
  await createKey({ path: closed, protection: { passphrase: 'correct horse' } })
  const wrong = await errorOf(start({ genesis, keys: [closed], protection: { passphrase: 'wrong' } }))
  assert.equal(wrong.code, 'WRONG_PASSPHRASE')
  const none = await errorOf(start({ genesis }))
  assert.match(none.message, /no key/)
  const some = await errorOf(start({ genesis, keys: keys.slice(1), protection, storage: 'volatile' }))
  assert.match(some.message, /may sign twice/)
  const stranger = join(folder, 'stranger.key')
  await createKey({ path: stranger, protection })
  assert.match(
    (await errorOf(start({ genesis, keys: [stranger], protection }))).message,
    /is of no validator/,
  )
})

test('a genesis document that makes no sense, or is not there, says what is wrong', async () => {
  const folder = newFolder()
  const genesis = join(folder, 'genesis.json')
  assert.match((await errorOf(start({ genesis, keys: ['x'] }))).message, /can't be read/)
  writeFileSync(genesis, '{ nonsense')
  assert.match((await errorOf(start({ genesis, keys: ['x'] }))).message, /is no JSON/)
  writeFileSync(genesis, JSON.stringify({ chain: 'c', genesis_time: 1, validators: [] }))
  assert.equal((await errorOf(start({ genesis, keys: ['x'] }))).code, 'INVALID_GENESIS')
  assert.equal((await errorOf(start({ genesis: { block_time: -1 } }))).code, 'INVALID_GENESIS')
})

test('fewer than four validators work, and it is said that no fault is tolerated', async () => {
  const folder = newFolder()
  const log = join(folder, 'log.jsonl')
  const system = await start({ count: 1, storage: 'volatile' }, folder, log)
  assert.equal((await decisions(system).decide('t', 'alone')).value, 'alone')
  await system.shutdown()
  assert.match(readFileSync(log, 'utf8'), /no fault is tolerated with one validator/)
})

test('one of four whose fault is not tolerated, by its stake, is named', async () => {
  const folder = newFolder()
  const protection = { keyFile: join(folder, 'file.key') }
  await ensureFileKey(protection.keyFile)
  const keys = [1, 2, 3, 4].map((i) => join(folder, `v${i}.key`))
  const members: { id: string; public_key: string; stake: number }[] = []
  for (const [i, path] of keys.entries())
    members.push({ id: `v${i + 1}`, public_key: await createKey({ path, protection }), stake: 100 })
  const genesis = join(folder, 'genesis.json')
  const document = {
    chain: 'skewed',
    genesis_time: 1,
    validators: [{ ...members[0]!, stake: 200 }, ...members.slice(1)],
  }
  writeFileSync(genesis, JSON.stringify(document))
  const log = join(folder, 'log.jsonl')
  const system = await start({ genesis, keys, protection, storage: 'volatile' }, folder, log)
  await decisions(system).decide('t', 1)
  await system.shutdown()
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('is tolerated'))
  assert.equal(lines.length, 1)
  assert.match(lines[0]!, /no fault of v1 \(200\) is tolerated, with a third or more of 500 stake/)
})
