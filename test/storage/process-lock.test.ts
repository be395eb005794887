import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { test } from 'node:test'
import { ProcessLock } from '../../storage/process-lock.ts'
import { newFolder } from './embedded/folders.ts'

test('one has the lock at a time, and the next may take it once it is released', () => {
  const path = `${newFolder()}.lock`
  const lock = ProcessLock.take(path)
  assert.ok(lock)
  assert.equal(ProcessLock.take(path), undefined)
  assert.equal(ProcessLock.holder(path), process.pid)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  lock.release()
  lock.release()
  assert.equal(ProcessLock.holder(path), undefined)
  const next = ProcessLock.take(path)
  assert.ok(next)
  next.release()
})

test('a lock whose file cannot be made is an error', () => {
  assert.throws(() => ProcessLock.take(`${newFolder()}/nowhere/lock`), { code: 'ENOENT' })
})
