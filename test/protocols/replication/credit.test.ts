import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AntiEntropy } from '../../../protocols/replication/anti-entropy.ts'
import { Arrivals } from '../../../protocols/replication/arrivals.ts'
import { Credit } from '../../../protocols/replication/credit.ts'
import { limitsWith } from './parts.ts'

test('credit is used up by messages or bytes, and comes back with acknowledgements', () => {
  const credit = new Credit(limitsWith({ creditMessages: 2, creditBytes: 100 }))
  assert.equal(credit.spend(10, 0), 1)
  assert.ok(credit.room && credit.ample && !credit.idle)
  assert.equal(credit.spend(10, 0), 2)
  assert.ok(!credit.room && !credit.ample)
  credit.acknowledge(2, 0)
  assert.ok(credit.room && credit.idle)
  credit.spend(1_000, 0)
  assert.ok(!credit.room && !credit.ample)
})

test('what is not acknowledged counts as lost after a time that doubles up to its limit', () => {
  const credit = new Credit(limitsWith({ lossTimeoutMs: 100, lossTimeoutMaxMs: 300 }))
  const waits = [0, 1, 2].map(() => {
    credit.spend(1, 0)
    const waitMs = credit.timeoutAtMs
    credit.giveUp()
    return waitMs
  })
  assert.deepEqual(waits, [100, 200, 300])
  credit.spend(1, 0)
  credit.spend(1, 0)
  credit.acknowledge(4, 50)
  assert.equal(credit.timeoutAtMs, 150)
  credit.acknowledge(4, 60)
  assert.equal(credit.timeoutAtMs, 150)
  credit.reset()
  assert.equal(credit.timeoutAtMs, Number.POSITIVE_INFINITY)
})

test('a number left out is a gap, also the first; one that was passed is late', () => {
  const arrivals = new Arrivals(limitsWith({ creditMessages: 12, ackDelayMs: 50 }))
  assert.deepEqual(
    [1, 2, 4, 3, 4].map((seq) => arrivals.accept(seq, 1, 0)),
    ['next', 'next', 'gap', 'late', 'late'],
  )
  assert.equal(arrivals.highest, 4)
  assert.equal(arrivals.ackDueMs, 0, 'a quarter of the credit is used')
  arrivals.reset()
  assert.equal(arrivals.accept(2, 1, 10), 'gap')
  assert.equal(arrivals.ackDueMs, 60)
})

test('digests become rarer until something happens, which a steady stream does not put off', () => {
  const antiEntropy = new AntiEntropy(limitsWith({ digestMs: 100, digestMaxMs: 350 }), () => 0, 0)
  const due = [0, 0, 0].map(() => {
    antiEntropy.rest(0)
    return antiEntropy.dueMs
  })
  assert.deepEqual(due, [100, 175, 175])
  antiEntropy.stir(10)
  antiEntropy.stir(50)
  assert.equal(antiEntropy.dueMs, 60)
})
