import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnknownVersionError } from '../../../../actors/replica/versions/errors.ts'
import { checkVersion, currentVersion, type Version } from '../../../../actors/replica/versions/version.ts'
import { change, genesis } from './documents.ts'

test('replicas with the same changes are at the same version, and it is plain data', () => {
  const [a, b] = [genesis('aa'), genesis('bb')]
  change(a, () => a.put('_root', 'title', 'a'))
  change(b, () => b.put('_root', 'title', 'b'))
  a.merge(b)
  b.merge(a)
  const version = currentVersion(a)
  assert.equal(version.length, 2)
  assert.deepEqual(structuredClone(version), currentVersion(b))
  checkVersion(b, version)
})

test('what is no version of this document is refused', () => {
  const handle = genesis('aa')
  const good = currentVersion(handle)[0] as string
  const bad = [
    undefined,
    null,
    'x',
    good,
    [],
    [''],
    [7],
    [good.toUpperCase()],
    [good, 'ff'.repeat(32)],
    new Array(100_001).fill(good),
  ]
  for (const version of bad)
    assert.throws(
      () => checkVersion(handle, version as Version),
      (error) =>
        error instanceof UnknownVersionError &&
        error.code === 'UNKNOWN_VERSION' &&
        error.message.length < 300,
    )
})
