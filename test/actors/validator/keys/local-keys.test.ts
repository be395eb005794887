import assert from 'node:assert/strict'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { localKeys } from '../../../../actors/validator/keys/local-keys.ts'
import { Folder } from '../../../runtime/cli/command.ts'

const IDS = ['validator-1', 'validator-2', 'validator-3']

test('keys are made once, each its own, and are the same at the next start', async () => {
  using folder = new Folder()
  const path = join(folder.path, 'keys')
  const first = await localKeys(path, IDS)
  assert.equal(new Set(first.map(({ publicKey }) => publicKey)).size, 3)
  assert.deepEqual(readdirSync(path).sort(), ['file.key', ...IDS.map((id) => `${id}.key`)])
  for (const name of readdirSync(path)) assert.equal(statSync(join(path, name)).mode & 0o777, 0o600)
  assert.equal(statSync(path).mode & 0o777, 0o700)
  assert.deepEqual(await localKeys(path, IDS), first)
  assert.deepEqual(await localKeys(path, IDS.toReversed()), first.toReversed())
})

test('a start that was cut short is completed by the next one', async () => {
  using folder = new Folder()
  const [first] = await localKeys(folder.path, IDS.slice(0, 1))
  const all = await localKeys(folder.path, IDS)
  assert.deepEqual(all[0], first)
})

test('a file key that is lost is not made anew beside keys that it would not open', async () => {
  using folder = new Folder()
  await localKeys(folder.path, IDS)
  rmSync(join(folder.path, 'file.key'))
  await assert.rejects(localKeys(folder.path, IDS), { code: 'KEY_UNREACHABLE' })
  await assert.rejects(localKeys(folder.path, [...IDS, 'validator-4']), { code: 'KEY_UNREACHABLE' })
})

test('an id that would name another file is refused', async () => {
  using folder = new Folder()
  for (const id of ['../a', 'file', '', '.hidden', 'a/b'])
    await assert.rejects(localKeys(folder.path, [id]), { code: 'INVALID_OPTION' })
  assert.deepEqual(readdirSync(folder.path), [])
})
