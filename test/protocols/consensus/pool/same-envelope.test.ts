import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode, encode } from '../../../../protocols/consensus/codec/bytes.ts'
import { readEnvelope, writeEnvelope } from '../../../../protocols/consensus/codec/envelope.ts'
import { sameEnvelope } from '../../../../protocols/consensus/pool/same-envelope.ts'
import { type Envelope, ONCE_ID_BYTES, type Transaction } from '../../../../protocols/consensus/types.ts'
import { envelope, SENDERS, transaction } from '../sample-chain.ts'

const bytesOf = (one: Envelope) => encode(one, writeEnvelope)
/** As it comes from another validator. */
const received = (one: Envelope) => decode(bytesOf(one), readEnvelope)

const transactions = fc.array(
  fc.record({
    machine: fc.constantFrom('a', 'b'),
    payload: fc.uint8Array({ maxLength: 6, max: 1 }),
    once: fc.option(
      fc.record({
        id: fc.constantFrom(new Uint8Array(ONCE_ID_BYTES), new Uint8Array(ONCE_ID_BYTES).fill(1)),
        untilMs: fc.integer({ min: 1, max: 2 }),
      }),
      { nil: undefined },
    ),
  }),
  { minLength: 1, maxLength: 2 },
)

test('envelopes are the same where their bytes are, wherever they come from', () => {
  const envelopes = fc
    .tuple(fc.constantFrom(...SENDERS.slice(0, 2)), fc.integer({ min: 1, max: 2 }), transactions, fc.nat(1))
    .map(([sender, sequence, list, priority]) => envelope(sender, sequence, list as Transaction[], priority))
  fc.assert(
    fc.property(envelopes, envelopes, fc.boolean(), fc.boolean(), (a, b, aIsReceived, bIsReceived) => {
      const one = aIsReceived ? received(a) : a
      const other = bIsReceived ? received(b) : b
      assert.equal(sameEnvelope(one, other), Buffer.compare(bytesOf(a), bytesOf(b)) === 0)
      assert.ok(sameEnvelope(one, received(a)) && sameEnvelope(received(a), { ...a }))
    }),
    { numRuns: 1_000 },
  )
})

test('one bit of anything makes another envelope', () => {
  const once = { id: new Uint8Array(ONCE_ID_BYTES), untilMs: 5 }
  const keyed = { ...transaction('a', 5), once }
  const base = envelope(SENDERS[0]!, 1, [keyed, transaction('b', 3)])
  const [first, second] = base.transactions as [Transaction, Transaction]
  const others: Envelope[] = [
    { ...base, sender: SENDERS[1]! },
    { ...base, sequence: 2 },
    { ...base, priority: 1 },
    { ...base, signature: base.signature.with(63, 1) },
    { ...base, signature: base.signature.with(0, 1) },
    { ...base, transactions: [first] },
    { ...base, transactions: [first, { ...second, machine: 'c' }] },
    { ...base, transactions: [first, { ...second, payload: new Uint8Array(4) }] },
    { ...base, transactions: [{ ...first, payload: first.payload.with(4, 1) }, second] },
    { ...base, transactions: [transaction('a', 5), second] },
    { ...base, transactions: [first, { ...second, once }] },
    { ...base, transactions: [{ ...first, once: { ...once, untilMs: 6 } }, second] },
    { ...base, transactions: [{ ...first, once: { ...once, id: once.id.with(0, 1) } }, second] },
  ]
  for (const other of others) {
    assert.ok(!sameEnvelope(base, other))
    assert.ok(!sameEnvelope(received(base), received(other)))
    assert.ok(!sameEnvelope(received(base), other))
  }
  assert.ok(sameEnvelope(base, { ...base }))
})
