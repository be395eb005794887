/** What validators have stored is damaged while the system is down: blocks come from the others, votes from nobody. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  ConsensusProtocol,
  chain,
  createGenesis,
  crypto,
  decisions,
  validators,
  verifyProof,
} from '../../../actors/validator/index.ts'
import { LOCAL_PATH } from '../../../actors/validator/places.ts'
import type { ValidatorActor } from '../../../actors/validator/validator.ts'
import type { ActorRef, ActorSystem } from '../../../runtime/index.ts'
import { BlockStore } from '../../../storage/block-store/block-store.ts'
import { VoteLog } from '../../../storage/vote-log/vote-log.ts'
import { startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

const root = mkdtempSync(join(tmpdir(), 'neuroplex-damaged-'))
const whole = join(root, 'whole')
const DECISIONS = 40
const LARGE = 200
const LARGE_BYTES = 60_000
const PATIENCE_MS = 60_000
after(() => rmSync(root, { recursive: true, force: true }))

async function during(system: ActorSystem, run: (system: ActorSystem) => Promise<void>): Promise<void> {
  await using _ = system
  await run(system)
}

const start = (dataDir: string) =>
  startSystem({
    ...{ dataDir, logFile: `${dataDir}.jsonl`, logLevel: 'warn' },
    services: [validators({ genesis: { epoch_length: 12, block_time: 200, finality_time: 1_000 } })],
    limits: { shutdownMs: 10_000 },
  })

before(async () => {
  await using system = await start(whole)
  for (let i = 0; i < DECISIONS; i++) await decisions(system).decide('t', i)
})

/** A copy in which the middle of some files of one folder is not as it was written. */
function damagedCopy(name: string, folder: string, pattern: RegExp): string {
  const dataDir = join(root, name)
  cpSync(whole, dataDir, { recursive: true })
  const files = readdirSync(join(dataDir, 'validators', folder)).filter((file) => pattern.test(file))
  assert.ok(files.length > 0, `there is no ${pattern} to damage`)
  for (const file of files) {
    const path = join(dataDir, 'validators', folder, file)
    const bytes = readFileSync(path)
    // A whole sector, not far from the beginning.
    bytes.fill(0x5a, Math.floor(bytes.length / 4), Math.floor(bytes.length / 4) + 512)
    writeFileSync(path, bytes)
  }
  return dataDir
}

for (const [what, pattern] of [
  ['blocks', /^blocks-.*\.log$/],
  ['snapshots', /\.state$/],
  ['files', /\.(log|state)$/],
] as const)
  test(`a validator whose ${what} are damaged says so, and has all of it again from the others`, async () => {
    const dataDir = damagedCopy(what, 'validator-2/blocks', pattern)
    await using system = await start(dataDir)
    await decisions(system).decide('t', DECISIONS)
    await new ConsensusProtocol(system).recoverFromFailure()
    const values: number[] = []
    for await (const { value } of decisions(system).follow<number>('t')) {
      values.push(value)
      if (value === DECISIONS) break
    }
    assert.deepEqual(
      values,
      Array.from({ length: DECISIONS + 1 }, (_, i) => i),
    )
    const { evidence, alerts } = await chain(system).status()
    assert.deepEqual(evidence, [])
    assert.deepEqual(
      alerts.filter(({ what }) => /another state/.test(what)),
      [],
    )
    const log = readFileSync(`${dataDir}.jsonl`, 'utf8')
    assert.match(log, /validator-2.* is damaged.*a copy is kept as/)
  })

test('a validator whose proofs of epochs are damaged has them again from the others, and proves by itself', async () => {
  const dataDir = damagedCopy('epochs', 'validator-2/blocks', /^epochs-.*\.log$/)
  await using system = await start(dataDir)
  const log = () => readFileSync(`${dataDir}.jsonl`, 'utf8')
  assert.match(log(), /validator-2".*"epochs-.* is damaged/)
  const { height, index } = await decisions(system).decide('t', DECISIONS)
  const second = (await system.lookup(`${LOCAL_PATH}/validator-2`)) as ActorRef<ValidatorActor>
  const proof = await until('it has all proofs', () => second.ask.prove(height, index).catch(() => undefined))
  const genesis = createGenesis(JSON.parse(readFileSync(join(dataDir, 'validators/genesis.json'), 'utf8')))
  const { header } = verifyProof(genesis, proof, crypto)
  assert.equal(header.height, height)
  assert.ok(header.epoch >= 3, `epoch ${header.epoch}`)
  await system.shutdown()
  // They are kept.
  await using store = await BlockStore.open({ folder: join(dataDir, 'validators/validator-2/blocks') })
  assert.ok((await store.epochProofs(0)).length >= header.epoch)
})

test('where all have lost their blocks but not their votes, it is said what to do, and that helps', async () => {
  const dataDir = join(root, 'lost')
  const blocks = (id: number) => join(dataDir, `validators/validator-${id}/blocks`)
  let count = 0
  // More than one file of the vote log holds, as each begins with only what is still needed.
  await during(await start(dataDir), async (system) => {
    for (; count < LARGE; count++) await decisions(system).decide('t', `${count} `.padEnd(LARGE_BYTES, '.'))
  })
  cpSync(blocks(3), join(root, 'kept'), { recursive: true })
  for (const id of [1, 2, 3, 4]) rmSync(blocks(id), { recursive: true })
  await during(await start(dataDir), async (system) => {
    const told = async () => (await chain(system).status()).standstill
    assert.match(
      await until('it is said', told, PATIENCE_MS),
      /lost its blocks beyond height 0 .*put back the folder `blocks` of one validator/,
    )
    assert.equal((await chain(system).status()).height, 0)
  })
  assert.match(readFileSync(`${dataDir}.jsonl`, 'utf8'), /"level":50.*this validator has lost its blocks/)
  rmSync(blocks(3), { recursive: true })
  cpSync(join(root, 'kept'), blocks(3), { recursive: true })
  await during(await start(dataDir), async (system) => {
    await decisions(system).decide('t', 'more')
    await new ConsensusProtocol(system).recoverFromFailure()
    const { standstill, evidence, decisions: all } = await chain(system).status()
    assert.deepEqual([standstill, evidence, all], [undefined, [], count + 1])
  })
})

test('where the votes are damaged nobody votes, and it is said', async () => {
  const dataDir = damagedCopy('votes', 'votes', /^votes-.*\.log$/)
  const folder = join(dataDir, 'validators/votes')
  const before = readdirSync(folder).map((file) => readFileSync(join(folder, file)).toString('hex'))
  const error = await errorOf(start(dataDir))
  assert.match(`${error.message} ${error.cause}`, /damaged/)
  // Nothing was written over it.
  const votes = await errorOf(VoteLog.open({ folder }))
  assert.equal(votes.code, 'STORAGE_DAMAGED')
  const log = readdirSync(folder).filter((file) => file.startsWith('votes-'))
  for (const file of log) assert.ok(before.includes(readFileSync(join(folder, file)).toString('hex')))
})
