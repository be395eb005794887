import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Standstill } from '../../../../actors/validator/node/standstill.ts'
import type { VoteRecord } from '../../../../protocols/consensus/events.ts'
import { NO_HASH } from '../../../../protocols/consensus/types.ts'

const vote = (epoch: number, view: number): VoteRecord => ({
  kind: 'vote',
  vote: { kind: 'nullify', epoch, view, block: NO_HASH, signer: 0, signature: new Uint8Array(64) },
})
const RECORDS = [vote(3, 9), vote(2, 7), vote(2, 8)]
const at = (epoch: number, view: number, height: number) => ({ epoch, view, height })

test('one that could contradict what it has forgotten says so, once it is brought no further', () => {
  const standstill = new Standstill(RECORDS, { finality_time: 1_000 })
  assert.equal(standstill.look(at(0, 1, 0), 5_000), false)
  assert.equal(standstill.dueMs, 8_000)
  assert.equal(standstill.look(at(0, 2, 0), 7_999), false)
  assert.equal(standstill.problem, undefined)
  // As long as blocks come, others help.
  assert.equal(standstill.look(at(1, 1, 30), 8_000), false)
  assert.equal(standstill.dueMs, 11_000)
  assert.equal(standstill.look(at(1, 5, 30), 11_000), true)
  assert.match(standstill.problem!, /beyond height 30 and is silent before epoch 2, view 7/)
  assert.match(standstill.problem!, /put back the folder `blocks`/)
  assert.equal(standstill.dueMs, Number.POSITIVE_INFINITY)
  assert.equal(standstill.look(at(1, 6, 30), 60_000), false)
  assert.notEqual(standstill.problem, undefined)
  // It is brought beyond.
  assert.equal(standstill.look(at(2, 7, 50), 61_000), false)
  assert.equal(standstill.problem, undefined)
  assert.equal(standstill.dueMs, Number.POSITIVE_INFINITY)
})

test('one that has its votes, or none at all, has nothing to say', () => {
  for (const standstill of [
    new Standstill(RECORDS, { finality_time: 1 }),
    new Standstill([], { finality_time: 1 }),
  ])
    for (const nowMs of [1, 1_000]) {
      assert.equal(standstill.look(at(2, 7, 5), nowMs), false)
      assert.equal(standstill.problem, undefined)
    }
})
