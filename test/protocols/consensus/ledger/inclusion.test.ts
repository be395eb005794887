import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  proveInclusion,
  transactionTree,
  verifyInclusion,
} from '../../../../protocols/consensus/ledger/inclusion.ts'
import { MerkleTree } from '../../../../protocols/consensus/merkle.ts'
import type { Envelope } from '../../../../protocols/consensus/types.ts'
import { crypto, envelope, SENDERS, transaction } from '../sample-chain.ts'

const body = fc.array(
  fc
    .tuple(fc.constantFrom(...SENDERS), fc.nat(300), fc.array(fc.nat(2_000), { minLength: 1, maxLength: 40 }))
    .map(([sender, sequence, sizes]) =>
      envelope(
        sender,
        sequence,
        sizes.map((size, i) => transaction(`m${i}`, size)),
      ),
    ),
  { minLength: 1, maxLength: 8 },
)

const rootOf = (envelopes: readonly Envelope[]) => transactionTree(envelopes, crypto).root

test('each transaction of a block is shown with its sender and place', () => {
  fc.assert(
    fc.property(body, (envelopes) => {
      const root = rootOf(envelopes)
      const flat = envelopes.flatMap(({ sender, sequence, transactions }) =>
        transactions.map((one) => ({ sender, sequence, transaction: one })),
      )
      for (const [index, wanted] of flat.entries()) {
        const proof = proveInclusion(envelopes, index, crypto)!
        assert.deepEqual(verifyInclusion(root, proof, crypto), { index, ...wanted })
        assert.equal(verifyInclusion(root, { ...proof, index: flat.length }, crypto), undefined)
      }
      for (const index of [-1, 0.5, flat.length])
        assert.equal(proveInclusion(envelopes, index, crypto), undefined)
    }),
    { numRuns: 30 },
  )
})

test('the root stands for the envelopes to the last bit', () => {
  const plain = [
    envelope(SENDERS[0]!, 1, [transaction('a', 1), transaction('b', 2)]),
    envelope(SENDERS[1]!, 1),
  ]
  const [first, second] = plain as [Envelope, Envelope]
  const others: Envelope[][] = [
    [second, first],
    [first],
    [{ ...first, priority: 1 }, second],
    [{ ...first, sequence: 2 }, second],
    [{ ...first, signature: first.signature.with(63, 1) }, second],
    [{ ...first, transactions: first.transactions.slice(0, 1) }, second],
    [{ ...first, transactions: first.transactions.toReversed() }, second],
    [
      { ...first, transactions: [first.transactions[0]!] },
      { ...first, transactions: [first.transactions[1]!] },
      second,
    ],
  ]
  assert.equal(new Set([plain, ...others].map(rootOf)).size, others.length + 1)
})

test('an envelope without transactions makes another root wherever it stands, though no block may hold it', () => {
  fc.assert(
    fc.property(body, fc.nat(8), fc.constantFrom(...SENDERS), (envelopes, at, sender) => {
      const more = envelopes.toSpliced(at, 0, envelope(sender, 1, []))
      assert.notEqual(rootOf(more), rootOf(envelopes))
    }),
    { numRuns: 50 },
  )
  assert.notEqual(rootOf([envelope(SENDERS[0]!, 1, [])]), rootOf([]))
})

test('about 16 transactions share a leaf, and large ones fewer, so that proofs stay small', () => {
  const small = proveInclusion(
    Array.from({ length: 100 }, (_, i) => envelope(SENDERS[0]!, i)),
    50,
    crypto,
  )!
  assert.equal(small.proof.count, Math.ceil(100 / 16))
  const large = proveInclusion(
    [
      envelope(
        SENDERS[0]!,
        1,
        Array.from({ length: 100 }, () => transaction('a', 5_000)),
      ),
    ],
    50,
    crypto,
  )!
  assert.equal(large.proof.count, 50)
})

test('a leaf of another form in a tree with the right root shows nothing', () => {
  const overfull = Uint8Array.of(
    0,
    ...Array.from({ length: 17 }, () => [...new Uint8Array(32 + 1 + 1 + 64 + 1 + 1), 0]).flat(),
  )
  for (const leaf of [new Uint8Array(0), Uint8Array.of(0, 1, 2), overfull]) {
    const tree = new MerkleTree([leaf], crypto)
    assert.throws(() => verifyInclusion(tree.root, { index: 0, leaf, proof: tree.prove(0) }, crypto), {
      code: 'MALFORMED_BYTES',
    })
  }
})
