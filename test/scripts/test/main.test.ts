/** What `npm test` tells a machine: its last line and its exit code, whatever happens to the tests. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../../scripts/test/main.ts', import.meta.url))

describe('npm test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'neuroplex-test-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  function npmTest(args: string[], source = '') {
    const file = join(folder, 'sample.test.ts')
    writeFileSync(file, `import { test } from 'node:test'\n${source}\n`)
    const { NODE_TEST_CONTEXT: _, NODE_V8_COVERAGE: __, ...env } = process.env
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, file], {
      env,
      encoding: 'utf8',
    })
    return { status, lastLine: stdout.trimEnd().split('\n').at(-1), stdout, stderr }
  }

  test('counts the tests that pass and leaves out what they print', () => {
    const { status, lastLine, stdout } = npmTest(
      ['--only', 'unit'],
      `test('a', () => console.log('noise')); test('b', () => {})`,
    )
    assert.deepEqual([status, lastLine], [0, '2 passed, 0 failed'])
    assert.doesNotMatch(stdout, /noise/)
  })

  test('counts a test that fails, and shows why and what its file printed', () => {
    const { status, lastLine, stdout } = npmTest(
      ['--only', 'unit'],
      `test('good', () => console.log('noise')); test('bad', () => { throw new Error('broken') })`,
    )
    assert.deepEqual([status, lastLine], [1, '1 passed, 1 failed'])
    assert.match(stdout, /✗ bad \(.*sample\.test\.ts:2\)\n\s+Error: broken/)
    assert.match(stdout, /noise/)
  })

  test('counts a file that cannot be loaded as a failure', () => {
    const { status, lastLine, stdout } = npmTest(['--only', 'unit'], `throw new Error('cannot load')`)
    assert.deepEqual([status, lastLine], [1, '0 passed, 1 failed'])
    assert.match(stdout, /cannot load/)
  })

  test('names the steps where one is asked for that does not exist', () => {
    const { status, stderr } = npmTest(['--only', 'unti'])
    assert.equal(status, 2)
    assert.match(stderr, /no step "unti"\. Choose from: format, types, .*package\./)
  })
})
