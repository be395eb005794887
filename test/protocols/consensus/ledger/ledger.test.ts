import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dropped } from '../../../../protocols/consensus/pool/pool.ts'
import { accountTransaction } from '../../../../protocols/consensus/state/accounts.ts'
import { BEFORE_ALL, decisionTransaction } from '../../../../protocols/consensus/state/decisions.ts'
import { executedAlready } from '../../../../protocols/consensus/state/executed.ts'
import type { Outcome } from '../../../../protocols/consensus/state/machine.ts'
import { EVIDENCE_EPOCHS, stakingTransaction } from '../../../../protocols/consensus/state/staking.ts'
import {
  type Block,
  type Evidence,
  NO_HASH,
  ONCE_ID_BYTES,
  type PublicKey,
} from '../../../../protocols/consensus/types.ts'
import {
  blockOf,
  crypto,
  doubleVote,
  envelope,
  genesisOf,
  KEYS,
  ledgerOf,
  newKey,
  SENDERS,
  signed,
  transaction,
} from '../sample-chain.ts'

const [A, B, C] = SENDERS as [PublicKey, PublicKey, PublicKey]
const LIMITS = { maxBytes: 1_048_576, maxTransactions: 1_000 }
const NEW = 'f'.repeat(64)

test('what is submitted is proposed, validated, executed and gone', () => {
  const dropped: Dropped[] = []
  const outcomes: string[] = []
  const applied: number[] = []
  const options = {
    events: {
      dropped: (one: Dropped) => dropped.push(one),
      outcome: (_: unknown, { ok }: { ok: boolean }, { index }: { index: number }) =>
        outcomes.push(`${index} ${ok}`),
      applied: ({ header }: Block) => applied.push(header.height),
    },
  }
  const ledger = ledgerOf(options)
  assert.equal(ledger.hasWork([]), false)
  ledger.submit(
    envelope(A, 1, [
      decisionTransaction('topic', Uint8Array.of(1), new Uint8Array(16)),
      transaction('nobody'),
    ]),
  )
  ledger.submit(envelope(A, 1))
  assert.deepEqual(
    dropped.map(({ reason }) => reason),
    ['sequence-taken'],
  )
  assert.ok(ledger.hasWork([]))
  const block = blockOf(ledger, ledger.build([], LIMITS))
  assert.equal(ledgerOf().validate(block, [], LIMITS), undefined)
  assert.equal(ledger.hasWork([block]), false)
  assert.deepEqual(ledger.build([block], LIMITS), { envelopes: [], evidence: [] })
  const before = ledger.root()
  assert.equal(ledger.apply(block), ledger.root())
  assert.notEqual(ledger.root(), before)
  assert.deepEqual(outcomes, ['0 true', '1 false'])
  assert.deepEqual(applied, [1])
  assert.equal(ledger.pool.size, 0)
  assert.equal(ledger.sequence(A), 1)
  assert.equal(ledger.refusal(envelope(A, 1)), 'sequence-used')
  assert.deepEqual(
    [...ledger.state.decisions.after(BEFORE_ALL)].map(({ topic, sender, height }) => [topic, sender, height]),
    [['topic', A, 1]],
  )
})

test('a block that breaks a rule is refused with the reason', () => {
  const ledger = ledgerOf()
  const problem = (body: Parameters<typeof blockOf>[1], limits = LIMITS, header = {}) =>
    ledger.validate(blockOf(ledger, body, header), [], limits) ?? 'none'
  const two = [envelope(A, 1), envelope(B, 1)]
  const evidence = doubleVote(A)
  assert.equal(problem({ envelopes: two }), 'none')
  assert.match(problem({ envelopes: two }, { ...LIMITS, maxBytes: 600 }), /more than 600/)
  assert.match(problem({ envelopes: two }, { ...LIMITS, maxTransactions: 1 }), /2 transactions, more than 1/)
  assert.match(
    problem({
      envelopes: [
        envelope(
          A,
          1,
          Array.from({ length: 1_001 }, () => transaction('a', 0)),
        ),
      ],
    }),
    /1001 transactions/,
  )
  assert.match(problem({ envelopes: [envelope(A, 1), envelope(A, 1)] }), /sequence 1 .* is not 2/)
  assert.match(problem({ envelopes: [envelope(A, 2)] }), /sequence 2 .* is not 1/)
  assert.match(problem({ envelopes: [envelope(NEW, 1)] }), /has no account/)
  assert.match(problem({ envelopes: [envelope(A, 1, [])] }), /an envelope is empty/)
  assert.match(problem({ envelopes: [envelope(A, 1, [transaction()], 8)] }), /no priority 8/)
  assert.match(problem({ envelopes: two }, LIMITS, { transactions: NO_HASH }), /root of the transactions/)
  assert.match(problem({ evidence: [evidence] }, LIMITS, { evidence: NO_HASH }), /hash of the evidence/)
  assert.equal(problem({ evidence: [evidence] }), 'none')
  assert.match(problem({ evidence: [evidence, evidence] }), /evidence against .* already/)
  assert.match(problem({ evidence: [doubleVote(NEW)] }), /holds nothing/)
  assert.match(problem({ evidence: Array.from({ length: 17 }, () => evidence) }), /17 pieces of evidence/)
})

test('a block is judged by the blocks before it, whether they have been executed or not', () => {
  const behind = ledgerOf()
  const ahead = ledgerOf()
  const open = accountTransaction({ kind: 'open', key: NEW, quota: 0 })
  const first = blockOf(ahead, { envelopes: [envelope(A, 1, [transaction(), open])] })
  ahead.apply(first)
  // The account was opened by transaction 1 of the block at height 1.
  const sequence = 65_536 + 1
  const second = blockOf(ahead, {
    envelopes: [
      envelope(NEW, sequence + 1),
      envelope(A, 2, [accountTransaction({ kind: 'close', key: NEW })]),
    ],
  })
  assert.equal(ahead.validate(second, [], LIMITS), undefined)
  assert.equal(behind.validate(second, [first], LIMITS), undefined)
  const replay = [envelope(A, 2)]
  assert.match(behind.validate(blockOf(ahead, { envelopes: replay }), [first, second], LIMITS)!, /sequence 2/)
  const closed = blockOf(ahead, { envelopes: [envelope(NEW, sequence + 2)] }, { ancestors: [second] })
  assert.match(behind.validate(closed, [first, second], LIMITS)!, /has no account/)
  assert.match(ahead.validate(closed, [second], LIMITS)!, /has no account/)
  behind.apply(first)
  assert.equal(behind.sequence(NEW), sequence)
  behind.apply(second)
  ahead.apply(second)
  assert.equal(behind.root(), ahead.root())
  assert.equal(behind.sequence(NEW), undefined)
})

test('a block builds on what its ancestors have used, and one that comes to nothing gives it back', () => {
  const ledger = ledgerOf()
  for (const sequence of [1, 2, 3]) ledger.submit(envelope(A, sequence))
  const small = { ...LIMITS, maxTransactions: 1 }
  const first = blockOf(ledger, ledger.build([], small))
  const second = blockOf(ledger, ledger.build([first], small), { ancestors: [first] })
  assert.deepEqual(
    [first, second].map(({ envelopes }) => envelopes[0]!.sequence),
    [1, 2],
  )
  assert.equal(ledger.validate(second, [first], LIMITS), undefined)
  assert.ok(ledger.hasWork([first, second]))
  const instead = blockOf(ledger, ledger.build([first], LIMITS), { ancestors: [first] })
  assert.deepEqual(
    instead.envelopes.map(({ sequence }) => sequence),
    [2, 3],
  )
})

test('who closes an account in the same block ends what it had waiting', () => {
  const dropped: Dropped[] = []
  const ledger = ledgerOf({ events: { dropped: (one) => dropped.push(one) } })
  const open = accountTransaction({ kind: 'open', key: NEW, quota: 0 })
  ledger.apply(blockOf(ledger, { envelopes: [envelope(A, 1, [open])] }))
  const base = ledger.sequence(NEW)!
  ledger.submit(envelope(A, 2, [accountTransaction({ kind: 'close', key: NEW })]))
  ledger.submit(envelope(NEW, base + 1))
  const body = ledger.build([], LIMITS)
  assert.deepEqual(
    body.envelopes.map(({ sender }) => sender),
    [A],
  )
  ledger.apply(blockOf(ledger, body))
  assert.deepEqual(
    dropped.map(({ reason }) => reason),
    ['unknown-sender'],
  )
})

test('evidence is proposed once, slashes and jails, and is not asked for again', () => {
  const ledger = ledgerOf()
  ledger.accuse(doubleVote(A))
  ledger.accuse(doubleVote(A))
  assert.ok(ledger.hasWork([]))
  const block = blockOf(ledger, ledger.build([], LIMITS))
  assert.equal(block.evidence.length, 1)
  assert.equal(ledger.validate(block, [], LIMITS), undefined)
  assert.equal(ledger.hasWork([block]), false)
  assert.match(ledger.validate(blockOf(ledger, { evidence: [doubleVote(A)] }), [block], LIMITS)!, /already/)
  ledger.apply(block)
  assert.deepEqual(
    ledger.candidates().map(({ publicKey, stake, jailed }) => [publicKey, stake, jailed]),
    SENDERS.map((key) => [key, key === A ? 95 : 100, key === A]),
  )
  assert.match(ledger.validate(blockOf(ledger, { evidence: [doubleVote(A)] }), [], LIMITS)!, /was punished/)
  assert.equal(ledger.accuse(doubleVote(A)), false)
  assert.equal(ledger.hasWork([]), false)
})

test('evidence that leads to nothing is not taken, and does not stand in the way of newer evidence', () => {
  const ledger = ledgerOf()
  ledger.apply(blockOf(ledger, { evidence: [doubleVote(A)] }))
  ledger.apply(blockOf(ledger, {}, { epoch: EVIDENCE_EPOCHS + 1 }))
  // Punished, too old, and of somebody without a stake.
  for (const key of [A, B, 'e'.repeat(64)]) assert.equal(ledger.accuse(doubleVote(key)), false)
  assert.equal(ledger.hasWork([]), false)
  for (const key of [A, B]) assert.ok(ledger.accuse(doubleVote(key, EVIDENCE_EPOCHS + 1)))
  assert.equal(ledger.build([], LIMITS).evidence.length, 2)
})

test('evidence of an epoch that is not executed yet waits for it', () => {
  const ledger = ledgerOf()
  ledger.accuse(doubleVote(B, 1))
  ledger.apply(blockOf(ledger, {}))
  assert.equal(ledger.hasWork([]), false)
  ledger.apply(blockOf(ledger, {}, { epoch: 1 }))
  assert.ok(ledger.hasWork([]))
  const evidence: readonly Evidence[] = ledger.build([], LIMITS).evidence
  assert.deepEqual(evidence, [doubleVote(B, 1)])
})

test('only signatures that were not checked at submission are left to check, and they are of this chain', () => {
  const ledger = ledgerOf()
  const [mine, other] = [
    signed(KEYS[0]!, { sequence: 1, priority: 0, transactions: [transaction()] }),
    signed(KEYS[1]!, { sequence: 1, priority: 0, transactions: [transaction()] }),
  ]
  ledger.submit(mine)
  const checks = ledger.unchecked(blockOf(ledger, { envelopes: [mine, other] }))
  assert.deepEqual(
    checks.map(({ key }) => key),
    [B],
  )
  assert.ok(crypto.verify(checks[0]!))
  const forged = { ...mine, transactions: [transaction('other')] }
  const [check] = ledger.unchecked(blockOf(ledger, { envelopes: [forged] }))
  assert.ok(!crypto.verify(check!))
  const stranger = ledgerOf({ genesis: genesisOf({ chain: 'another' }) })
  assert.ok(!crypto.verify(stranger.unchecked(blockOf(ledger, { envelopes: [other] }))[0]!))
})

test('the stakes and the tuning of the state are those of the consensus', () => {
  const ledger = ledgerOf()
  assert.deepEqual(ledger.tuned(), genesisOf().parameters)
  ledger.apply(
    blockOf(ledger, {
      envelopes: [envelope(C, 1, [stakingTransaction({ kind: 'unbond', amount: 40 })])],
    }),
  )
  assert.equal(ledger.candidates().find(({ publicKey }) => publicKey === C)!.stake, 60)
  assert.equal(ledger.sequence(newKey().publicKey), undefined)
})

test('a transaction with a key is executed once, whoever sends it, in one block or in later ones', () => {
  const outcomes: Outcome[] = []
  const ledger = ledgerOf({ events: { outcome: (_, outcome) => outcomes.push(outcome) } })
  const once = { id: new Uint8Array(ONCE_ID_BYTES).fill(1), untilMs: 60_000 }
  // Without a key these would be two decisions.
  const decision = (nonce: number) => ({
    ...decisionTransaction('topic', Uint8Array.of(1), new Uint8Array(16).fill(nonce)),
    once,
  })
  for (const [sender, sequence, nonce] of [
    [A, 1, 1],
    [B, 1, 2],
  ] as const)
    ledger.submit(envelope(sender, sequence, [decision(nonce)]))
  ledger.apply(blockOf(ledger, ledger.build([], LIMITS)))
  ledger.submit(envelope(C, 1, [decision(3)]))
  ledger.apply(blockOf(ledger, ledger.build([], LIMITS)))
  assert.deepEqual(
    outcomes.map((outcome) => outcome.ok || executedAlready(outcome.reason)),
    [true, { height: 1, index: 0 }, { height: 1, index: 0 }],
  )
  assert.equal([...ledger.state.decisions.after(BEFORE_ALL)].length, 1)
  const { outcome } = ledger.state.executed.get(once)!
  assert.equal(outcome!.ok, true)
})

test('a key that was used decides the root of the state', () => {
  const rootAfter = (n: number) => {
    const ledger = ledgerOf()
    const once = { id: new Uint8Array(ONCE_ID_BYTES).fill(n), untilMs: 60_000 }
    ledger.submit(envelope(A, 1, [{ ...transaction('nobody'), once }]))
    return ledger.apply(blockOf(ledger, ledger.build([], LIMITS)))
  }
  assert.equal(rootAfter(1), rootAfter(1))
  assert.notEqual(rootAfter(1), rootAfter(2))
})

test('what the accounts do is foreseen and takes no key: all judge it alike', () => {
  const ledger = ledgerOf()
  const once = { id: new Uint8Array(ONCE_ID_BYTES).fill(1), untilMs: 60_000 }
  const open = { ...accountTransaction({ kind: 'open', key: NEW, quota: 0 }), once }
  const close = { ...accountTransaction({ kind: 'close', key: NEW }), once }
  const first = blockOf(ledger, { envelopes: [envelope(A, 1, [open, close, open])] })
  const sequence = first.header.height * 65_536 + 2
  const second = blockOf(ledger, { envelopes: [envelope(NEW, sequence + 1)] }, { ancestors: [first] })
  assert.equal(ledger.validate(second, [first], LIMITS), undefined)
  ledger.apply(first)
  assert.equal(ledger.validate(second, [], LIMITS), undefined)
})
