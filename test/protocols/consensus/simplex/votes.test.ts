import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_HASH } from '../../../../protocols/consensus/types.ts'
import { Driven, voteOf } from '../driven.ts'

const told = ({ effects }: Driven) =>
  effects.flatMap((effect) =>
    effect.kind === 'alert' && effect.alert.kind === 'invalid' ? [effect.alert.what] : [],
  )

test('a quorum of votes that arrive moves on to the next view', () => {
  const driven = new Driven()
  for (const i of [1, 2]) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'nullify', 1) })
  assert.equal(driven.validator.view, 1)
  driven.hear(3, { kind: 'vote', vote: voteOf(3, 'nullify', 1) })
  assert.equal(driven.validator.view, 2)
})

test('nobody votes for another, for nothing, or in a view far ahead', () => {
  const cases = [
    [{ ...voteOf(2, 'nullify', 1) }, ['a vote of another']],
    [{ ...voteOf(1, 'nullify', 1, 'a'.repeat(64)) }, ['a vote for no block']],
    [{ ...voteOf(1, 'finalize', 1, NO_HASH) }, ['a vote for no block']],
    [{ ...voteOf(9, 'nullify', 1) }, ['a vote of another']],
    [{ ...voteOf(1, 'nullify', 1_000) }, []],
    [{ ...voteOf(1, 'nullify', 0) }, []],
  ] as const
  for (const [vote, alerts] of cases) {
    const driven = new Driven()
    driven.hear(1, { kind: 'vote', vote })
    assert.deepEqual(told(driven), alerts)
    for (const i of [2, 3]) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'nullify', 1) })
    assert.equal(driven.validator.view, 1)
  }
})

test('a vote with an invalid signature is told of, and does not count', () => {
  const driven = new Driven()
  const forged = { ...voteOf(1, 'nullify', 1), signature: new Uint8Array(64) }
  driven.hear(1, { kind: 'vote', vote: forged })
  for (const i of [2, 3]) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'nullify', 1) })
  assert.deepEqual([told(driven), driven.validator.view], [['a vote with an invalid signature'], 1])
  driven.hear(1, { kind: 'vote', vote: voteOf(1, 'nullify', 1) })
  assert.equal(driven.validator.view, 2)
})

test('a forged vote that contradicts an earlier one proves nothing, and a real one later does', () => {
  const driven = new Driven()
  driven.hear(1, { kind: 'vote', vote: voteOf(1, 'notarize', 1, 'a'.repeat(64)) })
  const other = voteOf(1, 'notarize', 1, 'b'.repeat(64))
  driven.hear(1, { kind: 'vote', vote: { ...other, signature: new Uint8Array(64) } })
  assert.equal(driven.count('accused'), 0)
  driven.hear(1, { kind: 'vote', vote: other })
  driven.hear(1, { kind: 'vote', vote: voteOf(1, 'notarize', 1, 'c'.repeat(64)) })
  assert.equal(driven.count('accused'), 1)
})

test('who gives up a view that is over is shown how it ended', () => {
  const driven = new Driven()
  for (const i of [1, 2, 3]) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'nullify', 1) })
  const before = driven.sent('certificate').length
  driven.hear(2, { kind: 'vote', vote: voteOf(2, 'nullify', 1) })
  const shown = driven.sent('certificate').slice(before)
  assert.deepEqual(
    shown.map(({ message }) => [message.certificate.kind, message.certificate.view]),
    [['nullify', 1]],
  )
})

test('who asks how views ended gets their certificates, and nothing for views to come', () => {
  const driven = new Driven()
  for (const view of [1, 2, 3])
    for (const i of [1, 2, 3]) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'nullify', view) })
  const before = driven.sent('certificate').length
  driven.hear(2, { kind: 'get-views', epoch: 0, from: 2, to: 90 })
  const shown = driven.sent('certificate').slice(before)
  assert.deepEqual(
    shown.map(({ message }) => message.certificate.view),
    [2, 3],
  )
})
