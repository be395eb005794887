import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  BEFORE_ALL,
  type DecisionLimits,
  Decisions,
  decisionTransaction,
  MAX_DECISION_BYTES,
  MAX_TOPIC_BYTES,
  readDecision,
} from '../../../../protocols/consensus/state/decisions.ts'
import { crypto } from '../sample-chain.ts'

const A = 'a'.repeat(64)

function decide(log: Decisions, height: number, ...topics: string[]): void {
  for (const [index, topic] of topics.entries()) {
    const context = { sender: A, height, index, epoch: 0, timestampMs: height }
    assert.ok(log.apply(decisionTransaction(topic, Uint8Array.of(height, index)).payload, context).ok)
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
    decisionTransaction('x'.repeat(MAX_TOPIC_BYTES + 1), new Uint8Array(0)).payload,
    decisionTransaction('x', new Uint8Array(MAX_DECISION_BYTES + 1)).payload,
    new Uint8Array(0),
    Uint8Array.of(1),
  ])
    assert.ok(!log.apply(payload, context).ok)
  assert.equal(log.root(), before)
  assert.ok(log.apply(decisionTransaction('x', new Uint8Array(MAX_DECISION_BYTES)).payload, context).ok)
  assert.deepEqual(readDecision(decisionTransaction('t', Uint8Array.of(1)).payload), {
    topic: 't',
    value: Uint8Array.of(1),
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
