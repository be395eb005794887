/** What validators have stored is damaged while the system is down: blocks come from the others, votes from nobody. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ConsensusProtocol, chain, decisions, validators } from '../../../actors/validator/index.ts'
import { VoteLog } from '../../../storage/vote-log/vote-log.ts'
import { startSystem } from '../../support/systems.ts'
import { errorOf } from '../../support/until.ts'

const root = mkdtempSync(join(tmpdir(), 'neuroplex-damaged-'))
const whole = join(root, 'whole')
const DECISIONS = 40
after(() => rmSync(root, { recursive: true, force: true }))

const start = (dataDir: string) =>
  startSystem({
    ...{ dataDir, logFile: `${dataDir}.jsonl`, logLevel: 'warn' },
    services: [validators({ genesis: { epoch_length: 12, block_time: 200 } })],
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
