import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Block } from '../../../../protocols/consensus/types.ts'
import { certificateOf, chainOf, childOf, Driven, hashOf, keyOf } from '../driven.ts'

const status = (height: number, view = 1) => ({ kind: 'status', epoch: 0, view, height }) as const

/** Blocks with the certificate that the last of them is final. */
function run(blocks: readonly Block[]) {
  const last = blocks.at(-1)!
  return {
    kind: 'chain',
    blocks,
    certificate: certificateOf('finalize', last.header.height, hashOf(last)),
  } as const
}

test('who is behind asks whoever is ahead, takes the blocks over and asks for more', () => {
  const driven = new Driven()
  const blocks = chainOf(4)
  driven.hear(1, status(4))
  assert.deepEqual(driven.sent('get-chain'), [{ to: keyOf(1), message: { kind: 'get-chain', height: 1 } }])
  driven.hear(1, run(blocks.slice(0, 2)))
  assert.equal(driven.validator.height, 2)
  driven.hear(1, status(4))
  assert.equal(driven.sent('get-chain').at(-1)!.message.height, 3)
  // What it has already is passed over.
  driven.hear(1, run(blocks))
  assert.equal(driven.validator.height, 4)
  assert.equal(driven.count('committed'), 2)
})

test('a peer that claims much and brings nothing does not keep this validator from asking others', () => {
  const driven = new Driven()
  for (let ms = 0; ms < 5_000; ms += 10) {
    driven.nowMs += 10
    driven.hear(3, status(1_000_000))
    if (ms % 1_000 === 990) driven.hear(1, status(4))
  }
  const asked = driven.sent('get-chain').map(({ to }) => to)
  assert.equal(asked.filter((to) => to === keyOf(1)).length, 5)
  assert.ok(asked.length <= 5 + 5_000 / 400 + 1, `${asked.length}`)
})

test('those that are asked for the first time are asked one after the other', () => {
  const driven = new Driven()
  for (const from of [1, 2, 3]) driven.hear(from, status(4))
  assert.equal(driven.sent('get-chain').length, 1)
  driven.nowMs += 100
  for (const from of [1, 2, 3]) driven.hear(from, status(4))
  assert.equal(driven.sent('get-chain').length, 2)
})

test('blocks are not taken over where they are not what was certified', () => {
  const driven = new Driven()
  const blocks = chainOf(3)
  const good = run(blocks)
  const { certificate } = good
  const envelope = {
    ...{ sender: 'c'.repeat(64), sequence: 1, priority: 0, transactions: [] },
    signature: new Uint8Array(64),
  }
  const bad = [
    { ...good, certificate: certificateOf('notarize', 3, hashOf(blocks[2]!)) },
    { ...good, certificate: certificateOf('finalize', 3, hashOf(blocks[1]!)) },
    { ...good, certificate: { ...certificate, signatures: certificate.signatures.slice(1) } },
    {
      ...good,
      certificate: { ...certificate, signatures: certificate.signatures.map(() => new Uint8Array(64)) },
    },
    { ...good, certificate: certificateOf('finalize', 3, hashOf(blocks[2]!), 1) },
    { ...good, blocks: blocks.map((block) => ({ ...block, envelopes: [envelope] })) },
    { ...good, blocks: [] },
  ]
  for (const message of bad) driven.hear(1, message)
  assert.equal(driven.validator.height, 0)
  driven.hear(1, good)
  assert.equal(driven.validator.height, 3)
})

test('blocks that are no chain take no room', () => {
  const driven = new Driven()
  const blocks = chainOf(3)
  const stray = childOf(blocks[1], { timestampMs: 7, height: 40 })
  driven.hear(1, { ...run(blocks), blocks: [stray, ...blocks] })
  driven.hear(1, run(blocks))
  assert.equal(driven.validator.height, 3)
  driven.hear(2, { kind: 'get-block', hash: hashOf(stray) })
  assert.deepEqual(driven.sent('block'), [])
})

test('of one peer one run of blocks is checked at a time', () => {
  const driven = new Driven({ later: ['verify'] })
  for (let i = 0; i < 10; i++) driven.hear(1, run(chainOf(2)))
  assert.equal(driven.count('verify'), 1)
  driven.hear(2, run(chainOf(2)))
  assert.equal(driven.count('verify'), 2)
  driven.answer()
  assert.equal(driven.validator.height, 2)
})

test('blocks are served to who asks for those that are final, and nothing for others', () => {
  const driven = new Driven()
  driven.hear(1, run(chainOf(2)))
  driven.hear(2, { kind: 'get-chain', height: 3 })
  assert.equal(driven.count('serve'), 0)
  driven.hear(2, { kind: 'get-chain', height: 2 })
  assert.deepEqual(
    driven.effects.filter(({ kind }) => kind === 'serve'),
    [{ kind: 'serve', to: keyOf(2), height: 2 }],
  )
})

test('who is behind is told where this validator is, and by what its view began', () => {
  const driven = new Driven()
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', 1) })
  driven.hear(1, status(0, 2))
  assert.equal(driven.sent('status').length, 1)
  driven.hear(1, status(0, 1))
  assert.deepEqual(driven.sent('status').at(-1)!.message, status(0, 2))
  assert.equal(driven.sent('certificate').at(-1)!.message.certificate.kind, 'nullify')
})
