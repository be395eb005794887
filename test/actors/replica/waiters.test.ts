import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Waiters } from '../../../actors/replica/waiters.ts'
import { errorOf, hasEnded } from '../../support/until.ts'

describe('those who wait until their edits are stored', () => {
  test('share one promise for all that goes into one commit', async () => {
    const waiters = new Waiters('agent-state/x')
    const first = waiters.next(0)
    assert.equal(waiters.next(1), first)
    waiters.committed('a')
    assert.notEqual(waiters.next(2), first)
    assert.equal(waiters.unkept, 1)
    waiters.kept(['a'])
    await first
    assert.equal(waiters.unkept, 0)
  })

  test('have nothing to wait for where a commit came to nothing', async () => {
    const waiters = new Waiters('agent-state/x')
    const nothing = waiters.next(0)
    waiters.committed(undefined)
    await nothing
  })

  test('are told when it takes too long, the oldest first', async () => {
    const waiters = new Waiters('agent-state/x')
    const old = waiters.next(10)
    waiters.committed('a')
    const young = waiters.of('b', 20)
    waiters.expire(15)
    const error = await errorOf(old)
    assert.equal(error.code, 'NOT_KEPT')
    assert.equal(error.mayHaveRun, true)
    assert.equal(await hasEnded(young), false)
    waiters.keptAll()
    await young
  })

  test('are told when the document is closed, those of no commit as well', async () => {
    const waiters = new Waiters('agent-state/x')
    const committed = waiters.next(0)
    waiters.committed('a')
    const pending = waiters.next(0)
    waiters.close('the test ends it')
    for (const promise of [committed, pending]) {
      const error = await errorOf(promise)
      assert.equal(error.code, 'DOCUMENT_CLOSED')
      assert.match(error.message, /the test ends it/)
    }
  })
})
