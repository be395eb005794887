import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Finding, worst } from '../../../runtime/cli/doctor/finding.ts'
import {
  examineCores,
  examineMemory,
  examineNode,
  examineOpenFiles,
} from '../../../runtime/cli/doctor/machine.ts'
import { examineNativeParts } from '../../../runtime/cli/doctor/native.ts'
import { examineSocket, examineStorage } from '../../../runtime/cli/doctor/storage.ts'
import { Folder, neuroplex } from './command.ts'

const MIB = 1024 ** 2

test('Node, cores, memory and open files are judged by what a system needs', () => {
  assert.equal(examineNode('26.1.0').status, 'ok')
  assert.equal(examineNode('20.11.1').status, 'fail')
  assert.equal(examineCores(8, undefined).status, 'ok')
  assert.equal(examineCores(1, undefined).status, 'warn')
  assert.match(examineCores(8, 0.5).message, /8 cores, limited to 0\.5 by its control group/)
  assert.equal(examineCores(8, 0.5).status, 'warn')
  assert.equal(examineMemory(8_192 * MIB, undefined).status, 'ok')
  assert.equal(examineMemory(8_192 * MIB, 512 * MIB).status, 'warn')
  assert.match(
    examineMemory(8_192 * MIB, 128 * MIB).message,
    /128 MiB of memory \(the limit of its control group/,
  )
  assert.equal(examineMemory(8_192 * MIB, 128 * MIB).status, 'fail')
  assert.equal(examineOpenFiles(65_536).status, 'ok')
  assert.equal(examineOpenFiles(Number.POSITIVE_INFINITY).status, 'ok')
  assert.equal(examineOpenFiles(1_024).status, 'warn')
  assert.equal(examineOpenFiles(64).status, 'fail')
})

test('a native part that does not load is named with what to do', () => {
  const missing = Object.assign(new Error('nothing there'), { code: 'MODULE_NOT_FOUND' })
  const failing = (error: Error) =>
    examineNativeParts(() => {
      throw error
    })
  assert.deepEqual(
    failing(missing).map(({ status }) => status),
    ['fail', 'ok'],
  )
  const wrongMachine = failing(new Error('invalid ELF header'))
  assert.deepEqual(
    wrongMachine.map(({ status }) => status),
    ['fail', 'warn'],
  )
  assert.match(wrongMachine[0]?.advice ?? '', /npm install/)
})

test('a data folder is judged by what can be done in it, and nothing stays there', () => {
  using folder = new Folder()
  const dataDir = join(folder.path, 'data')
  mkdirSync(dataDir)
  chmodSync(dataDir, 0o755)
  const findings = new Map(examineStorage(dataDir).map((finding) => [finding.name, finding]))
  assert.equal(findings.get('data-dir')?.status, 'ok')
  assert.equal(findings.get('data-dir-mode')?.status, 'warn')
  assert.match(findings.get('data-dir-mode')?.advice ?? '', /chmod 700/)
  assert.deepEqual(readdirSync(dataDir), [])
  assert.match(examineStorage(join(dataDir, 'deeper'))[0]?.message ?? '', /can be made/)
})

test('a data folder that cannot be written fails', () => {
  assert.equal(examineStorage('/proc/neuroplex').find(({ name }) => name === 'data-dir')?.status, 'fail')
})

test('a socket path is judged by its length', () => {
  assert.equal(examineSocket({ dataDir: '/tmp/x' }).status, 'ok')
  assert.match(examineSocket({ dataDir: `/tmp/${'x'.repeat(120)}` }).message, /will be a link/)
  assert.equal(examineSocket({ socket: `/tmp/${'x'.repeat(120)}` }).status, 'fail')
})

test('the exit code follows the worst finding', async () => {
  using folder = new Folder()
  const { code, stdout } = await neuroplex(['doctor', '--json'], folder.path)
  const document = JSON.parse(stdout) as { worst: string; findings: Finding[] }
  assert.equal(document.worst, worst(document.findings))
  assert.equal(code, { ok: 0, warn: 6, fail: 1 }[document.worst])
  const names = document.findings.map(({ name }) => name)
  for (const name of [
    'node',
    'cores',
    'memory',
    'open-files',
    'threads',
    'data-dir',
    'disk',
    'control-socket',
  ])
    assert.ok(names.includes(name), name)
})

test('doctor says what to do about each finding that is not ok', async () => {
  const { code, stdout } = await neuroplex(['doctor', '--data-dir', '/proc/neuroplex'], process.cwd())
  assert.equal(code, 1)
  assert.match(stdout, /^fail {2}\/proc cannot be written \(\w+\)\n {6}→ change its owner or mode/m)
  assert.match(stdout, /^ok {4}a worker thread starts in \d+ ms$/m)
})
