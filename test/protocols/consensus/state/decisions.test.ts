import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  BEFORE_ALL,
  type DecisionLimits,
  Decisions,
  decidedAlready,
  decisionTransaction,
  MAX_DECISION_BYTES,
  MAX_TOPIC_BYTES,
  NONCE_BYTES,
  readDecision,
} from '../../../../protocols/consensus/state/decisions.ts'
import { crypto } from '../sample-chain.ts'

const A = 'a'.repeat(64)
const NONCE = new Uint8Array(NONCE_BYTES)

function nonceOf(height: number, index: number): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES)
  new DataView(nonce.buffer).setUint32(0, height)
  nonce[NONCE_BYTES - 1] = index
  return nonce
}

function decide(log: Decisions, height: number, ...topics: string[]): void {
  for (const [index, topic] of topics.entries()) {
    const context = { sender: A, height, index, epoch: 0, timestampMs: height }
    assert.ok(
      log.apply(
        decisionTransaction(topic, Uint8Array.of(height, index), nonceOf(height, index)).payload,
        context,
      ).ok,
    )
  }
}

const logOf = (limits?: DecisionLimits) => new Decisions(crypto, limits)
const topics = (log: Decisions, place = BEFORE_ALL) =>
  [...log.after(place)].map(({ topic, height, index }) => `${topic}@${height}.${index}`)

test('decisions are followed in their order from any place on', () => {
  const log = logOf()
  decide(log, 3, 'a', 'b')
  decide(log, 5, 'a')
  decide(log, 9, 'c', 'a', 'b')
  assert.deepEqual(topics(log), ['a@3.0', 'b@3.1', 'a@5.0', 'c@9.0', 'a@9.1', 'b@9.2'])
  assert.deepEqual(topics(log, { height: 3, index: 0 }), ['b@3.1', 'a@5.0', 'c@9.0', 'a@9.1', 'b@9.2'])
  assert.deepEqual(topics(log, { height: 4, index: 7 }), ['a@5.0', 'c@9.0', 'a@9.1', 'b@9.2'])
  assert.deepEqual(topics(log, { height: 9, index: 2 }), [])
  assert.equal(log.count, 6)
  assert.deepEqual([...log.after({ height: 4, index: 0 })][0], {
    topic: 'a',
    value: Uint8Array.of(5, 0),
    sender: A,
    height: 5,
    index: 0,
    nonce: nonceOf(5, 0),
  })
})

test('what is kept is bounded in number and bytes, what was decided is counted and chained for ever', () => {
  const log = logOf({ kept: 3, keptBytes: 1_000 })
  decide(log, 1, 'a', 'a')
  decide(log, 2, 'b')
  const root = log.root()
  decide(log, 3, 'c')
  assert.notEqual(log.root(), root)
  assert.deepEqual(topics(log), ['b@2.0', 'c@3.0'])
  assert.deepEqual([log.count, log.prunedHeight], [4, 1])
  const large = logOf({ kept: 100, keptBytes: 1_000 })
  for (let height = 1; height <= 20; height++) {
    decide(large, height, 'x'.repeat(MAX_TOPIC_BYTES))
    large.root()
    assert.ok([...large.after(BEFORE_ALL)].length <= 3)
  }
})

test('a topic or value beyond its bound is refused, and so is nonsense', () => {
  const context = { sender: A, height: 1, index: 0, epoch: 0, timestampMs: 0 }
  const log = logOf()
  const before = log.root()
  for (const payload of [
    decisionTransaction('x'.repeat(MAX_TOPIC_BYTES + 1), new Uint8Array(0), NONCE).payload,
    decisionTransaction('x', new Uint8Array(MAX_DECISION_BYTES + 1), NONCE).payload,
    new Uint8Array(0),
    Uint8Array.of(1),
  ])
    assert.ok(!log.apply(payload, context).ok)
  assert.equal(log.root(), before)
  assert.ok(
    log.apply(decisionTransaction('x', new Uint8Array(MAX_DECISION_BYTES), NONCE).payload, context).ok,
  )
  assert.deepEqual(readDecision(decisionTransaction('t', Uint8Array.of(1), NONCE).payload), {
    topic: 't',
    value: Uint8Array.of(1),
    nonce: NONCE,
  })
})

test('a saved log goes on as the one that was saved, and another order or value gives another root', () => {
  const blocks = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }), { maxLength: 12 })
  fc.assert(
    fc.property(blocks, fc.nat(12), (steps, savedAt) => {
      const limits = { kept: 6, keptBytes: 10_000 }
      const replayed = logOf(limits)
      let log = logOf(limits)
      for (const [i, decided] of steps.entries()) {
        decide(log, i + 1, ...decided)
        decide(replayed, i + 1, ...decided)
        assert.equal(log.root(), replayed.root())
        if (i !== savedAt) continue
        const copy = logOf(limits)
        copy.load([...log.save()])
        log = copy
      }
      assert.equal(log.root(), replayed.root())
      assert.deepEqual(topics(log), topics(replayed))
      const flat = steps.flat()
      if (new Set(flat).size < 2) return
      const reversed = logOf(limits)
      decide(reversed, 1, ...flat.toSorted())
      const sorted = logOf(limits)
      decide(sorted, 1, ...flat.toSorted().reverse())
      assert.notEqual(reversed.root(), sorted.root())
    }),
  )
})

test('no change to what was saved gives the same root', () => {
  const log = logOf({ kept: 2, keptBytes: 10_000 })
  for (let height = 1; height <= 4; height++) decide(log, height, 'a')
  const root = log.root()
  const pieces = [...log.save()]
  for (const [i, piece] of pieces.entries())
    for (let at = 0; at < piece.length; at++) {
      const copy = logOf()
      try {
        copy.load(pieces.with(i, piece.with(at, piece[at]! ^ 1)))
      } catch (error) {
        assert.equal((error as { code: string }).code, 'MALFORMED_BYTES')
        continue
      }
      assert.notEqual(copy.root(), root, `byte ${at} of piece ${i}`)
    }
  assert.throws(() => logOf().load([]), { code: 'MALFORMED_BYTES' })
})

test('the same decision is made once for as long as it is kept, whoever sends it again, and after a restart too', () => {
  const log = logOf({ kept: 2, keptBytes: 100_000 })
  const { payload } = decisionTransaction('t', Uint8Array.of(1), NONCE)
  const at = (height: number, sender = A) => ({ sender, height, index: 4, epoch: 0, timestampMs: height })
  assert.ok(log.apply(payload, at(1)).ok)
  const root = log.root()
  const again = log.apply(payload, at(2, 'b'.repeat(64)))
  assert.ok(!again.ok)
  assert.deepEqual(decidedAlready(again.reason), { height: 1, index: 4 })
  assert.equal(log.root(), root)
  assert.equal(decidedAlready('the bytes are malformed'), undefined)

  const restored = logOf()
  restored.load(log.save())
  assert.ok(!restored.apply(payload, at(2)).ok)
  assert.ok(restored.apply(decisionTransaction('t', Uint8Array.of(1), nonceOf(1, 1)).payload, at(2)).ok)

  decide(log, 3, 'x', 'y')
  log.root()
  assert.ok(log.apply(payload, at(4)).ok, 'what is no longer kept is no longer known')
})
