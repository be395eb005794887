import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { envelopeBytes } from '../../../../protocols/consensus/ledger/size.ts'
import type { PoolLimits } from '../../../../protocols/consensus/pool/limits.ts'
import { TransactionPool } from '../../../../protocols/consensus/pool/pool.ts'
import type { Envelope, PublicKey } from '../../../../protocols/consensus/types.ts'
import { envelope, transaction } from '../sample-chain.ts'

const SENDERS = ['a', 'b', 'c', 'd', 'e'].map((digit) => digit.repeat(64))
const [A, B, C] = SENDERS as [PublicKey, PublicKey, PublicKey]
const many = (count: number, bytes = 8) => Array.from({ length: count }, () => transaction('nobody', bytes))

function poolOf(
  limits: Partial<PoolLimits> = {},
  used = new Map<PublicKey, number>(SENDERS.map((key) => [key, 0])),
) {
  const pool = new TransactionPool((sender) => used.get(sender), {
    envelopeTransactions: 1_000,
    envelopeBytes: 1_000_000,
    ...limits,
  })
  return { pool, used }
}

const room = (transactions = 1_000, bytes = 1_000_000, alone = 1_000) => ({ bytes, transactions, alone })

/** What a block of this room holds, after blocks that have used these numbers. */
function selectFrom(pool: TransactionPool, used: ReadonlyMap<PublicKey, number>, space = room()): Envelope[] {
  const next = new Map(used)
  return pool.select(
    space,
    (sender) => next.get(sender),
    ({ sender, sequence }) => {
      next.set(sender, sequence)
      return true
    },
  )
}

const names = (envelopes: readonly Envelope[]) =>
  envelopes.map(({ sender, sequence }) => `${sender[0]}${sequence}`)
const reasons = (dropped: readonly { reason: string }[]) => dropped.map(({ reason }) => reason)

test('what can not be used is refused with the reason', () => {
  const { pool, used } = poolOf({ envelopesPerSender: 3, envelopeTransactions: 2, envelopeBytes: 1_000 })
  used.set(A, 5)
  const refusal = (...args: Parameters<typeof envelope>) => pool.refusal(envelope(...args))
  assert.equal(refusal('f'.repeat(64), 1), 'unknown-sender')
  assert.equal(refusal(A, 5), 'sequence-used')
  assert.equal(refusal(A, 9), 'sequence-too-high')
  assert.equal(refusal(A, 8), undefined)
  assert.equal(refusal(A, 6, []), 'malformed')
  assert.equal(refusal(A, 6, many(1), 8), 'malformed')
  assert.equal(refusal(A, 6, many(1), -1), 'malformed')
  assert.equal(refusal(A, 6.5), 'malformed')
  assert.equal(refusal(A, 6, many(3)), 'too-large')
  assert.equal(refusal(A, 6, many(1, 1_000)), 'too-large')
  assert.deepEqual(pool.add(envelope(A, 6)), [])
  assert.deepEqual(reasons(pool.add(envelope(A, 6))), ['duplicate'])
  for (const other of [
    many(2),
    [transaction('other')],
    [transaction('nobody', 7)],
    [transaction('nobody', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1))],
  ])
    assert.deepEqual(reasons(pool.add(envelope(A, 6, other))), ['sequence-taken'])
  assert.ok(pool.has(envelope(A, 6)) && !pool.has(envelope(A, 6, many(2))) && !pool.has(envelope(A, 7)))
  assert.deepEqual(reasons(pool.add(envelope(B, 9))), ['sequence-too-high'])
  assert.equal(pool.size, 1)
  assert.equal(pool.bytes, envelopeBytes(envelope(A, 6)))
})

test('envelopes of a sender come in their order and wait for one that is missing', () => {
  const { pool, used } = poolOf()
  for (const sequence of [3, 1, 5]) pool.add(envelope(A, sequence))
  assert.deepEqual(names(selectFrom(pool, used)), ['a1'])
  pool.add(envelope(A, 2))
  assert.deepEqual(names(selectFrom(pool, used)), ['a1', 'a2', 'a3'])
  assert.ok(pool.hasNext((sender) => (sender === A ? 2 : undefined)))
  assert.ok(!pool.hasNext((sender) => (sender === A ? 3 : undefined)))
})

test('what is in a block stays until it is final, and is proposed again when the block comes to nothing', () => {
  const { pool, used } = poolOf()
  for (const sequence of [1, 2]) pool.add(envelope(A, sequence))
  const first = selectFrom(pool, used, room(1, 1_000_000, 1))
  assert.deepEqual(names(first), ['a1'])
  assert.deepEqual(names(selectFrom(pool, used)), ['a1', 'a2'])
  used.set(A, 1)
  assert.deepEqual(pool.settle(first[0]!), [])
  assert.deepEqual(names(selectFrom(pool, used)), ['a2'])
  assert.deepEqual(reasons(pool.settle(envelope(A, 2, many(2)))), ['sequence-used'])
  assert.deepEqual(pool.settle(envelope(B, 1)), [])
  assert.deepEqual([pool.size, pool.bytes], [0, 0])
})

test('after the state has changed otherwise, what can not be used any more goes with its reason', () => {
  const { pool, used } = poolOf()
  for (const sequence of [1, 2]) pool.add(envelope(A, sequence))
  pool.add(envelope(B, 1))
  used.set(A, 1)
  used.delete(B)
  assert.deepEqual(reasons(pool.reconcile()), ['sequence-used', 'unknown-sender'])
  assert.deepEqual(names(selectFrom(pool, used)), ['a2'])
})

test('senders take turns, and a higher priority gives a larger part and not all of it', () => {
  const { pool, used } = poolOf()
  for (let sequence = 1; sequence <= 2_000; sequence++) {
    pool.add(envelope(A, sequence, many(1), 0))
    pool.add(envelope(B, sequence, many(1), 7))
  }
  const counts = Map.groupBy(selectFrom(pool, used), ({ sender }) => sender)
  assert.equal(counts.get(A)!.length + counts.get(B)!.length, 1_000)
  assert.ok(counts.get(A)!.length >= 112 && counts.get(B)!.length >= 7 * 112)
})

test('an envelope as large as a block gets its turn although small ones are always there', () => {
  const { pool, used } = poolOf()
  pool.add(envelope(A, 1, many(1_000)))
  for (const sender of [B, C])
    for (let sequence = 1; sequence <= 3_000; sequence++) pool.add(envelope(sender, sequence))
  let blocks = 0
  for (let taken: Envelope[] = []; !taken.some(({ sender }) => sender === A); blocks++) {
    taken = selectFrom(pool, used)
    for (const final of taken) {
      used.set(final.sender, final.sequence)
      pool.settle(final)
    }
  }
  assert.ok(blocks <= 4, `${blocks} blocks`)
})

test('an envelope larger than the tuned cap is alone in its block when it has the credit for it', () => {
  const { pool, used } = poolOf()
  pool.add(envelope(A, 1, many(50)))
  for (let sequence = 1; sequence <= 100; sequence++) pool.add(envelope(B, sequence))
  const blocks: string[][] = []
  while (used.get(A) === 0) {
    const taken = selectFrom(pool, used, room(10))
    for (const { sender, sequence } of taken) used.set(sender, sequence)
    blocks.push(names(taken))
  }
  assert.deepEqual(blocks.at(-1), ['a1'])
  assert.ok(blocks.length <= 5 && blocks[0]!.length === 10)
})

test('who fills the pool makes room for others, with a reason, and gets no more in', () => {
  const { pool, used } = poolOf({ envelopes: 10 })
  for (let sequence = 1; sequence <= 10; sequence++) assert.deepEqual(pool.add(envelope(A, sequence)), [])
  assert.deepEqual(reasons(pool.add(envelope(A, 11))), ['pool-full'])
  assert.deepEqual(pool.add(envelope(B, 1)), [{ envelope: envelope(A, 10), reason: 'displaced' }])
  assert.deepEqual(names(selectFrom(pool, used)).toSorted(), [
    'a1',
    'a2',
    'a3',
    'a4',
    'a5',
    'a6',
    'a7',
    'a8',
    'a9',
    'b1',
  ])
})

test('in a full pool the envelope that its sender misses takes the place of a later one', () => {
  const { pool } = poolOf({ envelopes: 3 })
  for (const sequence of [2, 3, 4]) pool.add(envelope(A, sequence))
  assert.deepEqual(pool.add(envelope(A, 1)), [{ envelope: envelope(A, 4), reason: 'displaced' }])
})

test('one that is refused while a block is filled shuts out its sender for this block alone', () => {
  const { pool, used } = poolOf()
  pool.add(envelope(A, 1))
  pool.add(envelope(B, 1))
  const taken = pool.select(
    room(),
    (sender) => used.get(sender),
    ({ sender }) => sender !== A && used.set(B, 1) !== undefined,
  )
  assert.deepEqual(names(taken), ['b1'])
  assert.ok(pool.has(envelope(A, 1)))
})

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      sender: fc.constantFrom(...SENDERS),
      ahead: fc.integer({ min: 1, max: 12 }),
      count: fc.integer({ min: 1, max: 40 }),
      bytes: fc.integer({ min: 0, max: 60 }),
      priority: fc.integer({ min: 0, max: 7 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('block' as const),
      transactions: fc.integer({ min: 1, max: 60 }),
      bytes: fc.integer({ min: 100, max: 9_000 }),
      final: fc.boolean(),
    }),
  },
)

test('bounds hold, order is kept, blocks keep their limits, and nothing is lost without a reason', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 150 }), (actions) => {
      const { pool, used } = poolOf({ envelopes: 20, bytes: 12_000, envelopesPerSender: 10 })
      const waiting = new Set<Envelope>()
      const drop = (dropped: readonly { envelope: Envelope; reason: string }[]) => {
        for (const { envelope: gone, reason } of dropped) {
          assert.ok(reason)
          waiting.delete(gone)
        }
      }
      for (const step of actions) {
        if (step.kind === 'add') {
          const added = envelope(
            step.sender,
            used.get(step.sender)! + step.ahead,
            many(step.count, step.bytes),
            step.priority,
          )
          waiting.add(added)
          drop(pool.add(added))
        } else {
          const taken = selectFrom(pool, used, room(step.transactions, step.bytes, 0))
          assert.ok(
            taken.reduce((sum, { transactions }) => sum + transactions.length, 0) <= step.transactions,
          )
          assert.ok(taken.reduce((sum, one) => sum + envelopeBytes(one), 0) <= step.bytes)
          const next = new Map(used)
          for (const { sender, sequence } of taken) {
            assert.equal(sequence, next.get(sender)! + 1)
            next.set(sender, sequence)
          }
          if (!step.final) continue
          for (const final of taken) {
            used.set(final.sender, final.sequence)
            drop(pool.settle(final))
            waiting.delete(final)
          }
        }
        assert.ok(pool.size <= 20 && pool.bytes <= 12_000)
        assert.equal(pool.size, waiting.size)
        assert.equal(
          pool.bytes,
          [...waiting].reduce((sum, one) => sum + envelopeBytes(one), 0),
        )
        assert.ok([...waiting].every((one) => pool.has(one)))
      }
    }),
  )
})

test('nobody starves: what each sender has is final after a bounded number of blocks, however much others send', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ priority: fc.integer({ min: 0, max: 7 }), count: fc.integer({ min: 1, max: 60 }) }),
        { minLength: 5, maxLength: 5 },
      ),
      fc.integer({ min: 120, max: 240 }),
      (loads, size) => {
        const { pool, used } = poolOf()
        // A block holds more than its size less one envelope; a round is what all may take at their turns.
        const round = loads.reduce((sum, { priority, count }) => sum + 16 * (1 + priority) + count, 0)
        const bounds = loads.map(({ priority, count }) => {
          const rounds = 1 + Math.ceil(count / (16 * (1 + priority)))
          return 1 + Math.ceil((rounds * round) / (size - 59))
        })
        const sent = new Map<PublicKey, number>()
        const lastUsed = new Map(SENDERS.map((sender) => [sender, 0]))
        for (let block = 1; block <= 120; block++) {
          for (const [i, sender] of SENDERS.entries())
            for (let sequence = (sent.get(sender) ?? 0) + 1; sequence <= used.get(sender)! + 80; sequence++) {
              pool.add(envelope(sender, sequence, many(loads[i]!.count), loads[i]!.priority))
              sent.set(sender, sequence)
            }
          for (const final of selectFrom(pool, used, room(size))) {
            used.set(final.sender, final.sequence)
            pool.settle(final)
            lastUsed.set(final.sender, block)
          }
          for (const [i, at] of [...lastUsed.values()].entries())
            assert.ok(block - at <= bounds[i]!, `${i} waits for ${block - at} blocks`)
        }
      },
    ),
    { numRuns: 15 },
  )
})
