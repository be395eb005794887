import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type AccountOperation,
  Accounts,
  accountTransaction,
  MAX_ACCOUNTS,
  useSequence,
} from '../../../../protocols/consensus/state/accounts.ts'
import type { PublicKey } from '../../../../protocols/consensus/types.ts'
import { crypto, envelope } from '../sample-chain.ts'

const KEYS = ['1', '2', '3', '4', '5', '6'].map((digit) => digit.repeat(64))
const [A, B, C, D] = KEYS as [PublicKey, PublicKey, PublicKey, PublicKey]

function accountsOf(genesis: readonly PublicKey[] = [A, B]) {
  const accounts = new Accounts(genesis, crypto)
  const run = (sender: PublicKey, operation: AccountOperation, height = 1, index = 0) => {
    const outcome = accounts.apply(accountTransaction(operation).payload, {
      sender,
      height,
      index,
      epoch: 0,
      timestampMs: 0,
    })
    return outcome.ok ? 'done' : outcome.reason
  }
  return { accounts, table: accounts.table, run }
}

test('each sequence number of an account is used once and in order', () => {
  const { table } = accountsOf()
  assert.equal(useSequence(table, envelope(A, 1)), undefined)
  assert.match(useSequence(table, envelope(A, 1))!, /sequence 1 .* is not 2/)
  assert.match(useSequence(table, envelope(A, 3))!, /sequence 3 .* is not 2/)
  assert.equal(useSequence(table, envelope(A, 2)), undefined)
  assert.match(useSequence(table, envelope(C, 1))!, /has no account/)
})

test('an account opens others within its quota and shares the quota out', () => {
  const { table, run } = accountsOf()
  const quota = MAX_ACCOUNTS / 2 - 1
  assert.equal(table.get(A)!.quota, quota)
  assert.equal(run(A, { kind: 'open', key: C, quota: 10 }), 'done')
  assert.equal(table.get(A)!.quota, quota - 11)
  assert.equal(run(C, { kind: 'open', key: D, quota: 10 }), 'the quota of 10 accounts is not enough')
  assert.equal(run(C, { kind: 'open', key: D, quota: 9 }), 'done')
  assert.equal(run(C, { kind: 'open', key: D, quota: 0 }), `${D} has an account`)
  assert.match(run(KEYS[5]!, { kind: 'open', key: KEYS[4]!, quota: 0 }), /has no account any more/)
  assert.match(run(A, { kind: 'close', key: C }), /1 accounts that .* are open/)
  assert.match(run(B, { kind: 'close', key: D }), /only .* may close/)
  assert.match(run(B, { kind: 'close', key: KEYS[5]! }), /has no account/)
  assert.match(run(A, { kind: 'close', key: A }), /account of the genesis/)
  assert.equal(run(D, { kind: 'close', key: D }), 'done')
  assert.equal(run(A, { kind: 'close', key: C }), 'done')
  assert.deepEqual([table.get(A)!.quota, table.get(A)!.opened, table.size], [quota, 0, 2])
})

test('what is no operation is refused', () => {
  const { accounts } = accountsOf()
  for (const payload of [new Uint8Array(0), Uint8Array.of(2), Uint8Array.of(1, 2, 3), new Uint8Array(100)]) {
    const outcome = accounts.apply(payload, { sender: A, height: 1, index: 0, epoch: 0, timestampMs: 0 })
    assert.ok(!outcome.ok && /malformed/.test(outcome.reason))
  }
})

type Step = { sender: PublicKey; use: true } | { sender: PublicKey; use: false; operation: AccountOperation }
const key = fc.constantFrom(...KEYS)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ sender: key, use: fc.constant(true as const) }),
  fc.record({
    sender: key,
    use: fc.constant(false as const),
    operation: fc.oneof(
      fc.record({ kind: fc.constant('open' as const), key, quota: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ kind: fc.constant('close' as const), key }),
    ),
  }),
)

test('there are never more accounts than the genesis allows, and no sequence number of a key is valid twice', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 12 }), { maxLength: 12 }), (blocks) => {
      const { table, run } = accountsOf()
      const usedUp = new Set<string>()
      const total = () => [...table.entries()].reduce((sum, [, { quota }]) => sum + 1 + quota, 0)
      const before = total()
      for (const [i, steps] of blocks.entries()) {
        for (const [index, { sender, ...rest }] of steps.entries()) {
          if (!rest.use) run(sender, rest.operation, i + 1, index)
          else {
            const sequence = (table.get(sender)?.sequence ?? 0) + 1
            if (useSequence(table, envelope(sender, sequence)) !== undefined) continue
            assert.ok(!usedUp.has(`${sender} ${sequence}`), 'a sequence number was used twice')
            usedUp.add(`${sender} ${sequence}`)
          }
        }
      }
      assert.equal(total(), before)
    }),
  )
})
