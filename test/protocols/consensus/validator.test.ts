import assert from 'node:assert/strict'
import { test } from 'node:test'
import { genesisSeed } from '../../../protocols/consensus/epoch.ts'
import { Validator } from '../../../protocols/consensus/validator.ts'
import {
  certificateOf,
  chainId,
  chainOf,
  childOf,
  Driven,
  genesis,
  hashOf,
  keyOf,
  SELF,
  voteOf,
} from './driven.ts'
import { CountingApplication } from './simulator/application.ts'
import { crypto } from './simulator/signing.ts'

const stored = (length: number) => {
  const blocks = chainOf(length)
  const certificate = certificateOf('finalize', length, hashOf(blocks.at(-1)!))
  return { kind: 'chain', blocks, certificate } as const
}

test('before the start nothing is due', () => {
  const application = new CountingApplication(genesis, [])
  const seed = genesisSeed(genesis, chainId, application.root(), crypto)
  const validator = new Validator({ self: keyOf(SELF), genesis, chainId, crypto, application, seed })
  assert.equal(validator.dueMs, Number.POSITIVE_INFINITY)
  validator.start(5)
  assert.ok(validator.dueMs < Number.POSITIVE_INFINITY)
})

test('a validator goes on after its stored blocks, in the view after that of the newest', () => {
  const driven = new Driven({ replayed: stored(3) })
  assert.deepEqual([driven.validator.height, driven.validator.view], [3, 4])
  assert.equal(driven.count('committed'), 0)
  // What is final already is not so again.
  driven.hear(1, stored(3))
  assert.equal(driven.count('committed'), 0)
})

test('where the stored blocks end an epoch, the next one begins', () => {
  const driven = new Driven({ replayed: stored(20) })
  assert.deepEqual([driven.validator.epoch.set.epoch, driven.validator.view], [1, 1])
  for (const i of [1, 2, 3]) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'nullify', 1, undefined, 1) })
  assert.equal(driven.validator.view, 2)
})

test('messages of an earlier epoch are answered by where this validator is, and change nothing', () => {
  const driven = new Driven({ replayed: stored(20) })
  const before = driven.sent('status').length
  for (const i of [1, 2, 3]) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'nullify', 1) })
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', 1) })
  assert.equal(driven.sent('status').length, before + 3)
  assert.equal(driven.validator.view, 1)
})

test('an epoch that ends while it runs gives way to the next, with what came early for it', () => {
  const driven = new Driven({ replayed: stored(19) })
  for (const i of [1, 2, 3]) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'nullify', 1, undefined, 1) })
  const last = chainOf(20).at(-1)!
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('finalize', 20, hashOf(last)) })
  driven.hear(1, { kind: 'block', block: last })
  driven.wait(0)
  assert.deepEqual([driven.validator.epoch.set.epoch, driven.validator.view], [1, 2])
  assert.equal(driven.count('epoch'), 1)
})

test('a certificate of one epoch means nothing in another', () => {
  const driven = new Driven({ replayed: stored(20) })
  const block = childOf(chainOf(20).at(-1)!, { epoch: 1 })
  const ofFirst = certificateOf('finalize', 1, hashOf(block))
  // The same votes, said to be of this epoch.
  driven.hear(1, { kind: 'certificate', certificate: { ...ofFirst, epoch: 1 } })
  driven.hear(1, { kind: 'chain', blocks: [block], certificate: { ...ofFirst, epoch: 1 } })
  driven.hear(1, { kind: 'chain', blocks: [block], certificate: ofFirst })
  assert.equal(driven.validator.height, 20)
  driven.hear(1, {
    kind: 'chain',
    blocks: [block],
    certificate: certificateOf('finalize', 1, hashOf(block), 1),
  })
  assert.equal(driven.validator.height, 21)
})

test('with an epoch’s beginning a step ends, so that its state can be kept as it is then', () => {
  const blocks = chainOf(20)
  const next = childOf(blocks.at(-1), { epoch: 1 })
  const certificate = certificateOf('finalize', 1, hashOf(next), 1)
  // It knew of the next block and that it is final, and has lost the blocks before.
  const records = [
    { kind: 'block', block: next },
    { kind: 'certificate', certificate },
  ] as const
  const driven = new Driven({ replayed: stored(19), records })
  driven.hear(1, stored(20))
  assert.deepEqual([driven.validator.height, driven.count('epoch')], [20, 1])
  assert.equal(driven.validator.dueMs, driven.nowMs)
  driven.wait(0)
  assert.equal(driven.validator.height, 21)
})
