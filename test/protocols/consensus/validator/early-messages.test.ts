import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EarlyMessages } from '../../../../protocols/consensus/validator/early-messages.ts'
import { Driven, keyOf, voteOf } from '../driven.ts'

const vote = (view: number) => ({ kind: 'vote', vote: voteOf(1, 'nullify', view, undefined, 1) }) as const

test('what comes early is held in its order, and given out once', () => {
  const early = new EarlyMessages()
  assert.ok(early.hold(keyOf(1), vote(1), 4) && early.hold(keyOf(2), vote(2), 4))
  assert.deepEqual(early.take(), [
    { from: keyOf(1), message: vote(1) },
    { from: keyOf(2), message: vote(2) },
  ])
  assert.deepEqual(early.take(), [])
})

test('nobody takes the room of others, and all together have no more than as many members', () => {
  const early = new EarlyMessages()
  const held = Array.from({ length: 40 }, (_, i) => early.hold(keyOf(1), vote(i), 4)).filter(Boolean).length
  assert.equal(held, 16)
  assert.ok(early.hold(keyOf(2), vote(1), 4))
  for (let peer = 2; peer < 40; peer++) for (let i = 0; i < 20; i++) early.hold(keyOf(peer), vote(i), 4)
  assert.equal(early.take().length, 4 * 16)
})

test('messages of an epoch that has not begun here lead to the blocks that are missing, once there is no room', () => {
  const driven = new Driven()
  for (let view = 1; view <= 16; view++) driven.hear(1, vote(view))
  assert.deepEqual(driven.sent('get-chain'), [])
  driven.hear(1, vote(17))
  assert.equal(driven.sent('get-chain').length, 1)
  // Of an epoch after the next one nothing is held.
  const other = new Driven()
  other.hear(1, { kind: 'vote', vote: voteOf(1, 'nullify', 1, undefined, 2) })
  assert.equal(other.sent('get-chain').length, 1)
})
