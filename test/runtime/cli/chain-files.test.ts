import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { encodeProofFile } from '../../../protocols/consensus/codec/proof-file.ts'
import { createGenesis } from '../../../protocols/consensus/genesis.ts'
import { genesisOf } from '../../protocols/consensus/sample-chain.ts'
import { sampleProof } from '../../protocols/consensus/sample-proof.ts'
import { Folder, neuroplex } from './command.ts'

const BIN = resolve(import.meta.dirname, '../../../runtime/cli/bin.ts')
const PASSPHRASE = 'correct horse battery staple'
const KEY = /^[0-9a-f]{64}\n$/

test('a key is made and shown, and opens by what it was made with', async () => {
  using folder = new Folder()
  writeFileSync(join(folder.path, 'words'), `${PASSPHRASE}\n`)
  const made = await neuroplex(['keys', 'new', 'a.key', '--passphrase-file', 'words'], folder.path)
  assert.deepEqual([made.code, made.stderr], [0, ''])
  assert.match(made.stdout, KEY)
  assert.equal(statSync(join(folder.path, 'a.key')).mode & 0o777, 0o600)
  const shown = await neuroplex(['keys', 'show', 'a.key'], folder.path)
  assert.ok(shown.stdout.includes(`public key  ${made.stdout}`))
  assert.match(shown.stdout, /passphrase\nnot opened/)
  const checked = await neuroplex(
    ['keys', 'show', 'a.key', '--check', '--passphrase-file', 'words', '--json'],
    folder.path,
  )
  assert.deepEqual(JSON.parse(checked.stdout), {
    file: 'a.key',
    publicKey: made.stdout.trim(),
    protection: 'passphrase',
    checked: true,
  })
  writeFileSync(join(folder.path, 'words'), 'another passphrase')
  const wrong = await neuroplex(
    ['keys', 'show', 'a.key', '--check', '--passphrase-file', 'words', '--json'],
    folder.path,
  )
  assert.equal(wrong.code, 1)
  assert.equal(JSON.parse(wrong.stderr).error.code, 'WRONG_PASSPHRASE')
})

test('what protects a key is said plainly where it is missing, too weak, or twofold', async () => {
  using folder = new Folder()
  writeFileSync(join(folder.path, 'words'), 'short\n')
  const refused = async (args: string[], code: number, message: RegExp) => {
    const result = await neuroplex(['keys', ...args], folder.path)
    assert.equal(result.code, code)
    assert.match(result.stderr, message)
  }
  await refused(['new', 'a.key'], 2, /no terminal to ask.*--passphrase-file/)
  await refused(['new', 'a.key', '--passphrase-file', 'words'], 2, /at least 12 characters/)
  await refused(['new', 'a.key', '--passphrase-file', 'none'], 2, /passphrase file can't be read/)
  await refused(['new', 'a.key', '--passphrase-file', 'words', '--key-file', 'k'], 2, /not both/)
  await refused(['show', 'none.key'], 1, /none.key can't be read/)
  await refused([], 2, /which of them\? `neuroplex keys --help`/)
  await refused(['nwe'], 2, /did you mean new\?/)
  assert.equal((await neuroplex(['keys', 'new', 'b.key', '--key-file', 'k'], folder.path)).code, 0)
  await refused(['new', 'b.key', '--key-file', 'k'], 1, /never overwritten/)
  await refused(['show', 'b.key', '--check'], 2, /opened by a file key/)
})

test('a terminal asks twice and shows nothing of what is typed', async () => {
  using folder = new Folder()
  const ask = async (path: string, typed: string) => {
    const command = `${process.execPath} ${BIN} keys new ${path}`
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder.path })
    let shown = ''
    let asked = 0
    const lines = typed.split('\n')
    child.stdout.on('data', (chunk) => {
      shown += chunk
      const questions = shown.match(/(New passphrase|The same again): /g)?.length ?? 0
      while (asked < questions) child.stdin.write(`${lines[asked++]}\r`)
    })
    await once(child, 'close')
    return { code: child.exitCode, shown }
  }
  const made = await ask('a.key', `${PASSPHRASE}\n${PASSPHRASE}`)
  assert.equal(made.code, 0, made.shown)
  assert.match(made.shown, /[0-9a-f]{64}/)
  assert.ok(!made.shown.includes('horse'))
  const differing = await ask('b.key', `${PASSPHRASE}\n${PASSPHRASE}!`)
  assert.equal(differing.code, 2)
  assert.match(differing.shown, /the two passphrases differ/)
})

test('a genesis document is made of key files and public keys, checked, and never overwritten', async () => {
  using folder = new Folder()
  const key = (digit: string) => digit.repeat(64)
  const { stdout } = await neuroplex(['keys', 'new', 'a.key', '--key-file', 'k'], folder.path)
  const four = ['v1=a.key', `v2=${key('2')}`, `v3=${key('3')}:150`, `v4=${key('4')}`]
  const made = await neuroplex(['genesis', 'new', '--chain', 'desk', ...four, '--json'], folder.path)
  assert.equal(made.code, 0, made.stderr)
  const document = createGenesis(JSON.parse(readFileSync(join(folder.path, 'genesis.json'), 'utf8')))
  assert.deepEqual(document.validators[0], { id: 'v1', public_key: stdout.trim(), stake: 100 })
  const { chainId, totalStake, toleratedStake } = JSON.parse(made.stdout)
  assert.deepEqual([totalStake, toleratedStake], [450, 149])
  const checked = await neuroplex(['genesis', 'check', 'genesis.json'], folder.path)
  assert.ok(checked.stdout.includes(chainId))
  assert.match(checked.stdout, /v3 +150 +3333[\s\S]*up to 149 of 450 stake may be faulty/)
  assert.match(checked.stderr, /no fault of v3 \(150\) is tolerated/)
  const again = await neuroplex(['genesis', 'new', '--chain', 'desk', ...four], folder.path)
  assert.equal(again.code, 1)
  assert.match(again.stderr, /genesis.json is there already/)
})

test('too few validators are a warning, and what makes no sense is refused by the name of its field', async () => {
  using folder = new Folder()
  const one = ['genesis', 'new', '--chain', 'desk', `v1=${'1'.repeat(64)}`, '--out', 'one.json']
  const made = await neuroplex(one, folder.path)
  assert.equal(made.code, 0)
  assert.match(
    made.stderr,
    /^warning: no fault is tolerated with one validator: nothing is decided while one is missing/,
  )
  const refused = async (args: string[], code: number, message: RegExp) => {
    const result = await neuroplex(['genesis', ...args], folder.path)
    assert.equal(result.code, code)
    assert.match(result.stderr, message)
  }
  await refused(['new', '--chain', 'desk', 'v1'], 2, /"v1" is no validator: give <id>=/)
  await refused(['new', '--chain', 'desk', `v1=${'1'.repeat(64)}:0`], 1, /validators\[0\].stake/)
  await refused(['new', 'v1=a.key'], 2, /--chain <name>/)
  await refused(['check', 'none.json'], 2, /can't be read/)
  writeFileSync(join(folder.path, 'bad.json'), '{')
  await refused(['check', 'bad.json'], 2, /no JSON/)
  writeFileSync(join(folder.path, 'bad.json'), '{"chian": 1}')
  await refused(['check', 'bad.json'], 1, /no field "chian"/)
})

test('a proof is judged with nothing but the genesis, and a forged one ends with a code of its own', async () => {
  using folder = new Folder()
  writeFileSync(join(folder.path, 'genesis.json'), JSON.stringify(genesisOf()))
  const bytes = encodeProofFile(sampleProof())
  const verify = (content: Uint8Array, ...options: string[]) => {
    writeFileSync(join(folder.path, 'a.proof'), content)
    return neuroplex(['verify', 'a.proof', '--genesis', 'genesis.json', ...options], folder.path)
  }
  const { code, stdout } = await verify(bytes)
  assert.equal(code, 0)
  assert.match(stdout, /^valid: this was decided, and it is final\n/)
  assert.match(stdout, /topic +quarantine\nvalue +{"shard":7}\nplace +height 2, transaction 0, epoch 1\n/)
  assert.match(stdout, /sender +v0\nsigned by +3 validators with 300 of 400 stake: v0, v1, v2\n/)
  const { topic, value, signedStake, time } = JSON.parse((await verify(bytes, '--json')).stdout)
  assert.deepEqual(
    [topic, value, signedStake, time],
    ['quarantine', { shard: 7 }, 300, '1970-01-01T00:00:01.002Z'],
  )
  const forged = await verify(bytes.with(-1, bytes.at(-1)! ^ 1))
  assert.deepEqual([forged.code, forged.stdout], [7, ''])
  assert.match(forged.stderr, /the proof shows nothing|malformed/)
  assert.equal((await verify(new Uint8Array(9))).code, 7)
  const none = await neuroplex(['verify', 'none', '--genesis', 'genesis.json'], folder.path)
  assert.deepEqual([none.code, none.stdout], [2, ''])
})

test('what is final but no decision is shown as what it is', async () => {
  using folder = new Folder()
  writeFileSync(join(folder.path, 'genesis.json'), JSON.stringify(genesisOf()))
  const verify = (machine: string) => {
    const proof = sampleProof({ machine, payload: Uint8Array.of(1, 255) })
    writeFileSync(join(folder.path, 'a.proof'), encodeProofFile(proof))
    return neuroplex(['verify', 'a.proof', '--genesis', 'genesis.json'], folder.path)
  }
  const other = await verify('counter')
  assert.match(other.stdout, /^valid: this transaction is in a final block\n[\s\S]*counter\nvalue +0x01ff\n/)
  const refused = await verify('decisions')
  assert.equal(refused.code, 7)
  assert.match(refused.stderr, /is no decision/)
})
