import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completeStorageLimits } from '../../storage/limits.ts'

test('limits that are not given have their defaults', () => {
  const defaults = completeStorageLimits({})
  assert.deepEqual(completeStorageLimits({ waitingCalls: 3, storeBytes: undefined }), {
    ...defaults,
    waitingCalls: 3,
  })
})

test('a limit that is none is refused', () => {
  for (const limits of [{ waitingCalls: 0 }, { storeBytes: 1.5 }, { documentBytes: 'much' }, { other: 1 }])
    assert.throws(() => completeStorageLimits(limits as object), { code: 'INVALID_OPTION' })
})
