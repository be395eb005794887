import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  EVIDENCE_EPOCHS,
  JAIL_EPOCHS,
  MAX_HOLDERS,
  Staking,
  type StakingOperation,
  stakingTransaction,
  UNBONDING_EPOCHS,
} from '../../../../protocols/consensus/state/staking.ts'
import type { PublicKey } from '../../../../protocols/consensus/types.ts'
import { crypto, doubleVote } from '../sample-chain.ts'

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [PublicKey, PublicKey, PublicKey]

function stakingOf(stakes: Record<PublicKey, number> = { [A]: 100, [B]: 60 }) {
  const genesis = Object.entries(stakes).map(([publicKey, stake]) => ({ publicKey, stake }))
  const staking = new Staking(genesis, crypto)
  let epoch = 0
  return {
    staking,
    begin(next: number) {
      epoch = next
      staking.beginBlock({ height: next + 1, epoch, timestampMs: next })
    },
    run(sender: PublicKey, operation: StakingOperation): string {
      const context = { sender, height: 1, epoch, index: 0, timestampMs: 0 }
      const outcome = staking.apply(stakingTransaction(operation).payload, context)
      return outcome.ok ? 'done' : outcome.reason
    },
    stake: (key: PublicKey) => staking.holding(key)?.stake,
    free: (key: PublicKey) => staking.holding(key)?.free,
  }
}

test('what is unbonded votes no more at once and is free after its time', () => {
  const { staking, begin, run, stake, free } = stakingOf()
  assert.equal(run(A, { kind: 'unbond', amount: 30 }), 'done')
  assert.equal(run(A, { kind: 'unbond', amount: 10 }), 'done')
  assert.deepEqual([stake(A), free(A), staking.total()], [60, 0, 160])
  assert.equal(run(A, { kind: 'unbond', amount: 61 }), 'only 60 is at stake')
  begin(UNBONDING_EPOCHS - 1)
  run(A, { kind: 'unbond', amount: 5 })
  assert.equal(free(A), 0)
  begin(UNBONDING_EPOCHS)
  assert.deepEqual([stake(A), free(A)], [55, 40])
  begin(2 * UNBONDING_EPOCHS)
  assert.deepEqual([stake(A), free(A), staking.total()], [55, 45, 160])
})

test('what is free goes to others, who stake it and are candidates then', () => {
  const { staking, begin, run } = stakingOf()
  run(A, { kind: 'unbond', amount: 100 })
  begin(UNBONDING_EPOCHS)
  assert.deepEqual(staking.candidates(), [{ publicKey: B, stake: 60, jailed: false }])
  assert.equal(run(A, { kind: 'transfer', to: C, amount: 101 }), 'only 100 is free')
  assert.equal(run(A, { kind: 'transfer', to: A, amount: 50 }), 'done')
  assert.equal(run(A, { kind: 'transfer', to: C, amount: 100 }), 'done')
  assert.equal(staking.holding(A), undefined)
  assert.match(run(A, { kind: 'bond', amount: 1 }), /holds nothing/)
  assert.equal(run(C, { kind: 'bond', amount: 101 }), 'only 100 is free')
  assert.equal(run(C, { kind: 'bond', amount: 100 }), 'done')
  assert.deepEqual(staking.candidates(), [
    { publicKey: B, stake: 60, jailed: false },
    { publicKey: C, stake: 100, jailed: false },
  ])
})

test('equivocation costs a part of stake and unbonding, once, and jails until the term is over', () => {
  const { staking, begin, run, stake } = stakingOf()
  begin(3)
  run(A, { kind: 'unbond', amount: 41 })
  assert.equal(staking.punish(doubleVote(A, 2), 3), 3 + 3)
  assert.deepEqual([stake(A), staking.holding(A)!.unbonding[0]!.amount, staking.total()], [56, 38, 154])
  assert.deepEqual(staking.candidates()[0], { publicKey: A, stake: 56, jailed: true })
  assert.match(staking.refusal(doubleVote(A, 3), 3)!, /was punished/)
  assert.equal(staking.punish(doubleVote(A, 3), 3), 0)
  assert.equal(run(A, { kind: 'unjail' }), `the term ends with epoch ${3 + JAIL_EPOCHS}`)
  assert.equal(run(B, { kind: 'unjail' }), 'the validator is not jailed')
  begin(3 + JAIL_EPOCHS)
  assert.equal(run(A, { kind: 'unjail' }), 'done')
  assert.equal(staking.candidates()[0]!.jailed, false)
  assert.equal(staking.punish(doubleVote(A, 4), 4 + EVIDENCE_EPOCHS), 3 + 2)
})

test('evidence that is too old, of the future, or against somebody without anything leads to nothing', () => {
  const { staking } = stakingOf()
  assert.match(staking.refusal(doubleVote(A, 1), 2 + EVIDENCE_EPOCHS)!, /void/)
  assert.match(staking.refusal(doubleVote(A, 3), 2)!, /void/)
  assert.match(staking.refusal(doubleVote(C, 1), 2)!, /holds nothing/)
  assert.equal(staking.refusal(doubleVote(A, 2), 2 + EVIDENCE_EPOCHS), undefined)
})

test('the smallest stake is slashed too, and who lost all is remembered for as long as evidence counts', () => {
  const { staking, begin } = stakingOf({ [A]: 1, [B]: 60 })
  assert.equal(staking.punish(doubleVote(A), 0), 1)
  assert.equal(staking.holding(A)!.stake, 0)
  begin(EVIDENCE_EPOCHS)
  assert.ok(staking.holding(A))
  begin(EVIDENCE_EPOCHS + 1)
  assert.equal(staking.holding(A), undefined)
})

test('holders are bounded', () => {
  const stakes = Object.fromEntries(
    Array.from({ length: MAX_HOLDERS }, (_, i) => [i.toString(16).padStart(64, '0'), 2]),
  )
  const { begin, run } = stakingOf(stakes)
  const [first, second] = Object.keys(stakes) as [PublicKey, PublicKey]
  run(first, { kind: 'unbond', amount: 2 })
  begin(UNBONDING_EPOCHS)
  assert.match(run(first, { kind: 'transfer', to: A, amount: 1 }), /no place for more/)
  assert.equal(run(first, { kind: 'transfer', to: second, amount: 2 }), 'done')
  begin(UNBONDING_EPOCHS + 1)
  run(second, { kind: 'unbond', amount: 1 })
  assert.equal(run(second, { kind: 'transfer', to: A, amount: 1 }), 'done')
})

test('what is no operation is refused', () => {
  const { staking, run } = stakingOf()
  assert.match(run(A, { kind: 'bond', amount: 0 }), /amount is 0/)
  const context = { sender: A, height: 1, epoch: 0, index: 0, timestampMs: 0 }
  assert.ok(!staking.apply(Uint8Array.of(9), context).ok)
  assert.throws(() => staking.load([]), { code: 'MALFORMED_BYTES' })
})

const key = fc.constantFrom(A, B, C)
const amount = fc.integer({ min: 1, max: 50 })
const operation: fc.Arbitrary<StakingOperation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('bond' as const, 'unbond' as const), amount }),
  fc.record({ kind: fc.constant('transfer' as const), to: key, amount }),
  fc.constant({ kind: 'unjail' as const }),
)
const event = fc.record({
  sender: key,
  operation,
  epochs: fc.integer({ min: 0, max: 9 }),
  guilty: fc.integer({ min: 0, max: 9 }),
})

test('nothing is created and only slashing destroys; a saved state goes on as the one that was saved', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.nat(60), (events, savedAt) => {
      let chain = stakingOf()
      const replayed = stakingOf()
      let epoch = 0
      let total = chain.staking.total()
      for (const [i, { sender, operation: wanted, epochs, guilty }] of events.entries()) {
        epoch += epochs
        for (const { begin } of [chain, replayed]) begin(epoch)
        assert.equal(chain.staking.total(), total)
        assert.equal(chain.run(sender, wanted), replayed.run(sender, wanted))
        assert.equal(chain.staking.total(), total)
        if (guilty === 0) {
          const slashed = chain.staking.punish(doubleVote(sender, epoch), epoch)
          assert.equal(replayed.staking.punish(doubleVote(sender, epoch), epoch), slashed)
          total -= slashed
          assert.equal(chain.staking.total(), total)
        }
        if (i !== savedAt) continue
        const copy = stakingOf()
        copy.begin(epoch)
        copy.staking.load([...chain.staking.save()])
        chain = copy
      }
      assert.equal(chain.staking.root(), replayed.staking.root())
      assert.deepEqual(chain.staking.candidates(), replayed.staking.candidates())
    }),
  )
})
