import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { VoteRecord } from '../../../../protocols/consensus/events.ts'
import { Recollection } from '../../../../protocols/consensus/validator/recollection.ts'
import { certificateOf, childOf, Driven, SELF, voteOf } from '../driven.ts'

const vote = (epoch: number, view: number): VoteRecord => ({
  kind: 'vote',
  vote: voteOf(SELF, 'nullify', view, undefined, epoch),
})

test('records of an epoch are kept until the next one begins', () => {
  const records: VoteRecord[] = [
    { kind: 'block', block: childOf(undefined) },
    { kind: 'certificate', certificate: certificateOf('nullify', 1) },
    vote(0, 3),
    vote(1, 1),
  ]
  const recollection = new Recollection(records)
  assert.deepEqual(recollection.from(0), records)
  assert.deepEqual(recollection.from(1), [vote(1, 1)])
  assert.deepEqual(recollection.from(0), [vote(1, 1)])
})

test('the first view that is remembered is that of the oldest vote', () => {
  const recollection = new Recollection([vote(2, 9), vote(2, 7), vote(3, 1)])
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((epoch) => recollection.firstView(epoch)),
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 7, 0, 0],
  )
  assert.equal(new Recollection([vote(2, 9), vote(1, 30)]).firstView(1), 30)
  // Nothing was ever said.
  assert.equal(new Recollection([]).firstView(0), 0)
})

test('in views whose votes it has forgotten a validator is silent, and speaks again in the first that it remembers', () => {
  const driven = new Driven({ records: [vote(0, 3)] })
  const nullifies = () => driven.effects.filter((effect) => effect.kind === 'sign').length
  assert.equal(driven.validator.view, 3)
  driven.hear(1, { kind: 'vote', vote: voteOf(1, 'nullify', 2) })
  driven.wait(10_000)
  // It has nullified view 3 already, and says it again without a new signature.
  assert.equal(nullifies(), 0)
  assert.equal(driven.sent('vote').at(-1)!.message.vote.view, 3)
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', 3) })
  driven.wait(10_000)
  assert.equal(nullifies(), 1)
  assert.equal(driven.sent('vote').at(-1)!.message.vote.view, 4)
  assert.equal(new Driven({ records: [vote(1, 3)] }).validator.view, 1)
})

test('a validator that has lost its blocks votes in no view of an epoch before its oldest vote', () => {
  const driven = new Driven({ records: [vote(1, 3)] })
  driven.wait(10_000)
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', 1) })
  driven.wait(10_000)
  assert.equal(driven.validator.view, 2)
  assert.equal(driven.count('sign'), 0)
})
