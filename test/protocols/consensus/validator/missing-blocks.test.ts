import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certificateOf, chainOf, childOf, Driven, hashOf, SELF, voteOf } from '../driven.ts'

test('a certified block that is not here is asked for until it comes, of one member after the other', () => {
  const driven = new Driven()
  const [block] = chainOf(1)
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('notarize', 1, hashOf(block!)) })
  for (let i = 0; i < 5; i++) driven.wait(500)
  const asked = driven.sent('get-block')
  assert.deepEqual(new Set(asked.map(({ message }) => message.hash)), new Set([hashOf(block!)]))
  assert.equal(new Set(asked.map(({ to }) => to)).size, 3)
  driven.hear(2, { kind: 'block', block: block! })
  const before = driven.sent('get-block').length
  driven.wait(500)
  assert.equal(driven.sent('get-block').length, before)
})

test('ancestors that are missing are asked for in turn, and all become final once they are here', () => {
  const driven = new Driven()
  const blocks = chainOf(3)
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('finalize', 3, hashOf(blocks[2]!)) })
  for (const block of blocks.toReversed()) {
    assert.equal(driven.sent('get-block').at(-1)!.message.hash, hashOf(block))
    driven.hear(1, { kind: 'block', block })
  }
  assert.equal(driven.validator.height, 3)
})

test('a block is kept only where it was asked for and is what its header says', () => {
  const driven = new Driven()
  const [block] = chainOf(1)
  driven.hear(1, { kind: 'block', block: block! })
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('finalize', 1, hashOf(block!)) })
  assert.equal(driven.validator.height, 0)
  const envelope = {
    ...{ sender: 'c'.repeat(64), sequence: 1, priority: 0, transactions: [] },
    signature: new Uint8Array(64),
  }
  driven.hear(1, { kind: 'block', block: { ...block!, envelopes: [envelope] } })
  assert.equal(driven.validator.height, 0)
  driven.hear(1, { kind: 'block', block: block! })
  assert.equal(driven.validator.height, 1)
})

test('a leader can’t have others ask for a block that nobody certified', () => {
  const driven = new Driven()
  const invented = { ...certificateOf('notarize', 1, 'a'.repeat(64)) }
  const parentCertificate = {
    ...invented,
    signatures: invented.signatures.map(() => new Uint8Array(64)),
  }
  // Views pass until one comes that another leads.
  let view = 2
  while (driven.validator.epoch.schedule.leader(view) === SELF) view++
  for (let over = 2; over < view; over++)
    driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', over) })
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', view - 1) })
  assert.equal(driven.validator.view, view)
  const leader = driven.validator.epoch.schedule.leader(view)
  const parent = childOf(undefined)
  const block = childOf(parent, { parent: 'a'.repeat(64), proposer: leader })
  const vote = voteOf(leader, 'notarize', view, hashOf(block))
  driven.hear(leader, { kind: 'proposal', block, parentView: 1, parentCertificate, vote })
  for (let i = 0; i < 3; i++) driven.wait(500)
  assert.deepEqual(driven.sent('get-block'), [])
})

test('a block far ahead is asked for once: who is that far behind catches up by final blocks', () => {
  const driven = new Driven()
  const block = childOf(undefined, { height: 500 })
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('notarize', 1, hashOf(block)) })
  for (let i = 0; i < 3; i++) {
    driven.hear(1, { kind: 'block', block })
    driven.wait(500)
  }
  assert.equal(driven.sent('get-block').length, 1)
})

test('who asks for a block gets it, or learns where this validator is', () => {
  const driven = new Driven()
  const [block] = chainOf(1)
  driven.hear(1, { kind: 'get-block', hash: hashOf(block!) })
  assert.equal(driven.sent('status').at(-1)!.to, driven.validator.epoch.set.members[1]!.publicKey)
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('notarize', 1, hashOf(block!)) })
  driven.hear(2, { kind: 'block', block: block! })
  driven.hear(1, { kind: 'get-block', hash: hashOf(block!) })
  assert.equal(hashOf(driven.sent('block').at(-1)!.message.block), hashOf(block!))
})
