import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  Executed,
  executedAlready,
  isPassedOver,
  MAX_ONCE_MS,
  MAX_REMEMBERED_BYTES,
} from '../../../../protocols/consensus/state/executed.ts'
import { DONE, type Outcome, refused } from '../../../../protocols/consensus/state/machine.ts'
import { ONCE_ID_BYTES, type OnceKey } from '../../../../protocols/consensus/types.ts'
import { crypto } from '../sample-chain.ts'

const keyOf = (n: number, untilMs: number): OnceKey => ({
  id: new Uint8Array(ONCE_ID_BYTES).fill(n),
  untilMs,
})
const blockAt = (timestampMs: number, height = 1) => ({ height, epoch: 0, timestampMs })
const execution = (height: number, index = 0, outcome: Outcome = DONE) => ({ height, index, outcome })

test('a key is executed once, and a copy learns where and with which outcome', () => {
  const executed = new Executed(crypto)
  const key = keyOf(1, 60_000)
  assert.equal(executed.refusal(key, blockAt(1_000)), undefined)
  executed.remember(key, execution(7, 3, { ok: true, value: Uint8Array.of(9) }))
  const reason = executed.refusal(key, blockAt(2_000))!
  assert.deepEqual(executedAlready(reason), { height: 7, index: 3 })
  assert.equal(isPassedOver(reason), false)
  assert.deepEqual(executed.get(key), execution(7, 3, { ok: true, value: Uint8Array.of(9) }))
  for (const other of [keyOf(2, 60_000), keyOf(1, 60_001)]) {
    assert.equal(executed.get(other), undefined)
    assert.equal(executed.refusal(other, blockAt(2_000)), undefined)
  }
  assert.equal(executedAlready('something else'), undefined)
})

test('what comes when its time is over is not executed, so that it need not be remembered', () => {
  const executed = new Executed(crypto)
  const key = keyOf(1, 25_000)
  executed.remember(key, execution(1))
  executed.remember(keyOf(2, 45_000), execution(1, 1))
  executed.beginBlock(blockAt(25_000))
  assert.ok(executedAlready(executed.refusal(key, blockAt(25_000))!))
  executed.beginBlock(blockAt(25_001))
  assert.ok(isPassedOver(executed.refusal(key, blockAt(25_001))!))
  assert.equal(executed.size, 2)
  executed.beginBlock(blockAt(30_000))
  assert.equal(executed.size, 1)
  assert.ok(isPassedOver(executed.refusal(key, blockAt(30_000))!))
  assert.ok(executedAlready(executed.refusal(keyOf(2, 45_000), blockAt(30_000))!))
})

test('a key that would have to be remembered for too long is refused', () => {
  const executed = new Executed(crypto)
  assert.equal(executed.refusal(keyOf(1, 5_000 + MAX_ONCE_MS), blockAt(5_000)), undefined)
  assert.ok(isPassedOver(executed.refusal(keyOf(1, 5_001 + MAX_ONCE_MS), blockAt(5_000))!))
})

test('what is remembered is bounded, and has room again when times are over', () => {
  const executed = new Executed(crypto, 20_000)
  let count = 0
  while (executed.refusal(keyOf(count, 9_999), blockAt(1)) === undefined)
    executed.remember(keyOf(count++, 9_999), execution(1, count))
  assert.ok(count > 20 && count < 200, `${count}`)
  assert.ok(isPassedOver(executed.refusal(keyOf(count, 9_999), blockAt(1))!))
  executed.beginBlock(blockAt(10_000))
  assert.equal(executed.size, 0)
  assert.equal(executed.refusal(keyOf(0, 19_999), blockAt(10_000)), undefined)
})

test('an answer that is too large is forgotten, that it was executed is not', () => {
  const executed = new Executed(crypto)
  const large = { ok: true, value: new Uint8Array(MAX_REMEMBERED_BYTES + 1) } as const
  executed.remember(keyOf(1, 60_000), execution(1, 0, large))
  executed.remember(keyOf(2, 60_000), execution(1, 1, refused('x'.repeat(MAX_REMEMBERED_BYTES))))
  for (const n of [1, 2]) {
    assert.equal(executed.get(keyOf(n, 60_000))!.outcome, undefined)
    assert.ok(executedAlready(executed.refusal(keyOf(n, 60_000), blockAt(2))!))
  }
})

test('it takes no transactions of its own', () => {
  assert.match((new Executed(crypto).apply() as { reason: string }).reason, /takes no transactions/)
})

const someOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((value) => ({ ok: true, value }) as const),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map(refused),
)
const someExecutions = fc.uniqueArray(
  fc.record({
    id: fc.uint8Array({ minLength: ONCE_ID_BYTES, maxLength: ONCE_ID_BYTES }),
    untilMs: fc.integer({ min: 1, max: 200_000 }),
    outcome: someOutcome,
  }),
  { selector: ({ id, untilMs }) => `${id} ${untilMs}`, maxLength: 20 },
)

test('a state that is saved and loaded is the same, and every bit of it decides its root', () => {
  fc.assert(
    fc.property(someExecutions, fc.integer({ min: 0, max: 200_000 }), (executions, nowMs) => {
      const executed = new Executed(crypto)
      const empty = executed.root()
      for (const [i, { outcome, ...key }] of executions.entries())
        executed.remember(key, execution(i + 1, i, outcome))
      assert.equal(executed.root() === empty, executions.length === 0)
      const pieces = [...executed.save()]
      const loaded = new Executed(crypto)
      loaded.load(pieces)
      assert.equal(loaded.root(), executed.root())
      assert.deepEqual([...loaded.save()], pieces)
      for (const { outcome: _, ...key } of executions) assert.deepEqual(loaded.get(key), executed.get(key))
      for (const one of [executed, loaded]) one.beginBlock(blockAt(nowMs))
      assert.equal(loaded.root(), executed.root())
      assert.equal(loaded.size, executed.size)
      if (executions.length > 1) {
        const other = new Executed(crypto)
        for (const [i, { outcome, ...key }] of executions.entries())
          other.remember(key, execution(i + 1, i + Number(i === 0), outcome))
        assert.notDeepEqual([...other.save()], pieces)
      }
    }),
    { numRuns: 200 },
  )
})

test('what no state saves is refused', () => {
  const executed = new Executed(crypto)
  executed.remember(keyOf(1, 60_000), execution(1))
  const [piece] = [...executed.save()] as [Uint8Array]
  for (const wrong of [[piece, piece], [piece.subarray(0, -1)], [piece.with(piece.length - 2, 9)]])
    assert.throws(() => new Executed(crypto).load(wrong), { code: 'MALFORMED_BYTES' })
})
