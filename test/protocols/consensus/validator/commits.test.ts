import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certificateOf, chainOf, childOf, Driven, hashOf, voteOf } from '../driven.ts'

const final = (view: number, block: ReturnType<typeof childOf>) =>
  ({ kind: 'certificate', certificate: certificateOf('finalize', view, hashOf(block)) }) as const

test('a validator whose state is not the one that was certified says so, and votes no more', () => {
  const driven = new Driven()
  const block = childOf(undefined, { stateRoot: 'f'.repeat(64) })
  const next = childOf(block, { stateRoot: 'f'.repeat(64) })
  for (const [view, one] of [block, next].entries()) {
    driven.hear(1, final(view + 1, one))
    driven.hear(1, { kind: 'block', block: one })
  }
  const alerts = driven.effects.flatMap((effect) => (effect.kind === 'alert' ? [effect.alert] : []))
  assert.deepEqual(alerts, [{ kind: 'diverged', height: 1 }])
  // It goes on to follow.
  assert.equal(driven.validator.height, 2)
  const signed = driven.count('sign')
  driven.wait(60_000)
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('notarize', 3, 'a'.repeat(64)) })
  assert.equal(driven.count('sign'), signed)
})

test('blocks become final in their order, once, up to the newest finalization whose blocks are here', () => {
  const driven = new Driven()
  const blocks = chainOf(3)
  driven.hear(1, final(3, blocks[2]!))
  driven.hear(1, final(1, blocks[0]!))
  for (const block of [blocks[2]!, blocks[1]!, blocks[0]!, blocks[1]!])
    driven.hear(1, { kind: 'block', block })
  driven.hear(2, final(3, blocks[2]!))
  const committed = driven.effects.flatMap((effect) => (effect.kind === 'committed' ? effect.blocks : []))
  assert.deepEqual(
    committed.map(({ header }) => header.height),
    [1, 2, 3],
  )
  assert.equal(driven.validator.tip.hash, hashOf(blocks[2]!))
})

test('a finalization that waited is carried out once what it waited for has become final by another', () => {
  const driven = new Driven()
  const blocks = chainOf(3)
  driven.hear(1, final(3, blocks[2]!))
  for (const block of [blocks[2]!, blocks[1]!]) driven.hear(1, { kind: 'block', block })
  assert.equal(driven.validator.height, 0)
  const certificate = certificateOf('finalize', 1, hashOf(blocks[0]!))
  driven.hear(2, { kind: 'chain', blocks: [blocks[0]!], certificate })
  assert.equal(driven.validator.height, 3)
})

test('nothing final for long is told of, where something waits', () => {
  const driven = new Driven({ work: true })
  const late = () =>
    driven.effects.filter((effect) => effect.kind === 'alert' && effect.alert.kind === 'finality-late').length
  driven.wait(1_000)
  assert.equal(late(), 0)
  driven.wait(6_000)
  assert.equal(late(), 1)
  driven.hear(1, { kind: 'vote', vote: voteOf(1, 'nullify', 1) })
  driven.wait(6_000)
  assert.equal(late(), 2)
})
