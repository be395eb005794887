import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

test('a thread whose end is heard of late, because the process was held up, does not take the process with it', async () => {
  const program = fileURLToPath(new URL('./held-up-process.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program])
  assert.equal(stdout, 'back on thread 1\n')
})
