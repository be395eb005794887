import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode, encode } from '../../../../protocols/consensus/codec/bytes.ts'
import { accountTransaction } from '../../../../protocols/consensus/state/accounts.ts'
import { ChainState, verifyStateProof } from '../../../../protocols/consensus/state/chain-state.ts'
import { decisionTransaction } from '../../../../protocols/consensus/state/decisions.ts'
import { DONE, type StateMachine } from '../../../../protocols/consensus/state/machine.ts'
import { type Program, ProgramMachine } from '../../../../protocols/consensus/state/program.ts'
import { registryTransaction } from '../../../../protocols/consensus/state/registry.ts'
import {
  readManifest,
  type Snapshot,
  SnapshotCollector,
  takeSnapshot,
  writeManifest,
} from '../../../../protocols/consensus/state/snapshot.ts'
import { stakingTransaction } from '../../../../protocols/consensus/state/staking.ts'
import { tuningTransaction } from '../../../../protocols/consensus/state/tuning.ts'
import type { Block, Envelope, PublicKey, Transaction } from '../../../../protocols/consensus/types.ts'
import {
  blockOf,
  crypto,
  doubleVote,
  envelope,
  genesisOf,
  ledgerOf,
  SENDERS,
  transaction,
} from '../sample-chain.ts'

/** A machine as a user writes it: counts what each sender has sent. */
const counter: Program = {
  name: 'counter',
  apply(store, payload, { sender }) {
    store.set(sender, Uint8Array.of((store.get(sender)?.[0] ?? 0) + payload.length))
    return undefined
  },
}
const machines = () => [new ProgramMachine(counter, crypto)]
const fresh = () => ledgerOf({ machines })

const key = fc.constantFrom(...SENDERS, 'e'.repeat(64), 'f'.repeat(64))
const name = fc.constantFrom('x', 'y', 'z')
const operations: fc.Arbitrary<Transaction> = fc.oneof(
  fc
    .record({ kind: fc.constant('open' as const), key, quota: fc.nat(3) })
    .map((one) => accountTransaction(one)),
  fc.record({ kind: fc.constant('close' as const), key }).map((one) => accountTransaction(one)),
  fc
    .tuple(name, fc.uint8Array({ maxLength: 9 }), fc.uint8Array({ minLength: 16, maxLength: 16 }))
    .map((content) => decisionTransaction(...content)),
  fc
    .record({
      kind: fc.constant('acquire' as const),
      key: name,
      ttlMs: fc.nat(9),
      value: fc.uint8Array({ maxLength: 3 }),
    })
    .map((one) => registryTransaction(one)),
  fc
    .record({
      kind: fc.constantFrom('bond' as const, 'unbond' as const),
      amount: fc.integer({ min: 1, max: 60 }),
    })
    .map((one) => stakingTransaction(one)),
  fc
    .nat(500)
    .map((p50Ms) =>
      tuningTransaction({ kind: 'report', report: { throughput: 1, p50Ms, p99Ms: 2, roundTripMs: 3 } }),
    ),
  fc.nat(5).map((size) => transaction('counter', size)),
  fc.uint8Array({ maxLength: 5 }).map((payload) => transaction('staking', payload)),
  fc.constant(transaction('nobody')),
)
const contents = fc.array(
  fc.record({
    envelopes: fc.array(fc.tuple(fc.nat(3), fc.array(operations, { minLength: 1, maxLength: 4 })), {
      maxLength: 5,
    }),
    newEpoch: fc.boolean(),
    guilty: fc.nat(15),
  }),
  { minLength: 1, maxLength: 10 },
)
type Contents = typeof contents extends fc.Arbitrary<infer T> ? T : never

/** Blocks of this content that follow each other, as a ledger of their own executes them. */
function blocksOf(content: Contents): Block[] {
  const ledger = fresh()
  return content.map(({ envelopes, newEpoch, guilty }) => {
    const next = new Map<PublicKey, number>()
    const list: Envelope[] = envelopes.map(([at, transactions]) => {
      const sender = SENDERS[at]!
      const sequence = (next.get(sender) ?? ledger.sequence(sender)!) + 1
      next.set(sender, sequence)
      return envelope(sender, sequence, transactions)
    })
    const epoch = ledger.state.last.epoch + (newEpoch ? 1 : 0)
    const evidence = guilty < SENDERS.length ? [doubleVote(SENDERS[guilty]!, epoch)] : []
    const block = blockOf(ledger, { envelopes: list, evidence }, { epoch })
    ledger.apply(block)
    return block
  })
}

function collected({ manifest, chunks }: Snapshot): SnapshotCollector {
  const collector = new SnapshotCollector(decode(encode(manifest, writeManifest), readManifest), crypto)
  for (const index of collector.missing()) assert.ok(collector.add(index, chunks[index]!))
  assert.deepEqual(collector.missing(), [])
  return collector
}

test('the same blocks give the same roots, and a snapshot with the rest of the blocks gives what replaying all gives', () => {
  fc.assert(
    fc.property(contents, fc.nat(), (content, at) => {
      const blocks = blocksOf(content)
      const replayed = fresh()
      const roots = blocks.map((block) => replayed.apply(block))
      const early = fresh()
      const cut = at % (blocks.length + 1)
      for (const block of blocks.slice(0, cut)) early.apply(block)
      const late = fresh()
      late.restore(collected(early.snapshot()))
      assert.deepEqual(late.state.last, early.state.last)
      assert.equal(late.root(), early.root())
      assert.deepEqual(
        blocks.slice(cut).map((block) => late.apply(block)),
        roots.slice(cut),
      )
      assert.deepEqual(late.candidates(), replayed.candidates())
      assert.deepEqual(late.snapshot(), replayed.snapshot())
    }),
    { numRuns: 60 },
  )
})

const sample = () => {
  const ledger = fresh()
  const transactions = [
    registryTransaction({ kind: 'acquire', key: 'shard-1', ttlMs: 0, value: Uint8Array.of(7) }),
    transaction('counter', 3),
    decisionTransaction('topic', new Uint8Array(40), new Uint8Array(16)),
  ]
  ledger.apply(blockOf(ledger, { envelopes: [envelope(SENDERS[0]!, 1, transactions)] }))
  return ledger
}

test('a snapshot in which anything is changed is refused', () => {
  const { manifest, chunks } = sample().snapshot()
  const [chunk] = chunks as [Uint8Array]
  fc.assert(
    fc.property(fc.nat(chunk.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = chunk.with(at, chunk[at]! ^ change)
      assert.ok(!new SnapshotCollector(manifest, crypto).add(0, damaged))
      const hash = Buffer.from(crypto.sha256(damaged)).toString('hex')
      const lying = collected({ manifest: { ...manifest, chunks: [hash] }, chunks: [damaged] })
      assert.throws(() => fresh().restore(lying), { code: 'SNAPSHOT_REFUSED' })
    }),
  )
  for (const changed of [
    { height: 2 },
    { epoch: 1 },
    { timestampMs: 5 },
    { stateRoot: '0'.repeat(64) },
    { chunks: [] },
  ]) {
    const lying = { ...manifest, ...changed }
    assert.throws(() => fresh().restore(collected({ manifest: lying, chunks })), { code: 'SNAPSHOT_REFUSED' })
  }
})

test('a snapshot of other machines is refused, and what is refused leaves the ledger as it was', () => {
  const ledger = ledgerOf()
  const before = ledger.root()
  assert.throws(() => ledger.restore(collected(sample().snapshot())), /no state machine "counter"/)
  assert.throws(() => sample().restore(collected(ledgerOf().snapshot())), { code: 'SNAPSHOT_REFUSED' })
  const unfinished = new SnapshotCollector(ledger.snapshot().manifest, crypto)
  assert.deepEqual(unfinished.missing(), [0])
  assert.throws(() => ledger.restore(unfinished), { code: 'SNAPSHOT_REFUSED' })
  assert.equal(ledger.root(), before)
})

test('a large state comes in several chunks, in any order, and one that is too large is not looked at', () => {
  const ledger = fresh()
  const value = new Uint8Array(60_000)
  for (let sequence = 1; sequence <= 12; sequence++)
    ledger.apply(
      blockOf(ledger, {
        envelopes: [
          envelope(SENDERS[0]!, sequence, [
            decisionTransaction('t', value, new Uint8Array(16).fill(sequence)),
          ]),
        ],
      }),
    )
  const { manifest, chunks } = ledger.snapshot()
  assert.ok(chunks.length >= 3)
  const collector = new SnapshotCollector(manifest, crypto)
  for (const index of chunks.keys().toArray().reverse()) {
    assert.ok(!collector.add(index, chunks[(index + 1) % chunks.length]!))
    assert.ok(!collector.add(index, new Uint8Array(2 * 1024 * 1024)))
    assert.ok(collector.add(index, chunks[index]!))
  }
  assert.ok(!collector.add(99, chunks[0]!))
  const copy = fresh()
  copy.restore(collector)
  assert.equal(copy.root(), ledger.root())
})

test('what a machine has is proved up to the root of the state', () => {
  const { state } = sample()
  for (const [machine, entry] of [
    ['registry', 'shard-1'],
    ['counter', SENDERS[0]!],
    ['staking', SENDERS[1]!],
  ] as const) {
    const proof = state.prove(machine, entry)!
    assert.ok(verifyStateProof(state.root(), proof, crypto))
    for (const changed of [
      { key: 'other' },
      { machine: 'other' },
      { value: new Uint8Array(3) },
      { machineRoot: state.root() },
    ])
      assert.ok(!verifyStateProof(state.root(), { ...proof, ...changed }, crypto))
  }
  for (const [machine, entry] of [
    ['registry', 'none'],
    ['nobody', 'x'],
    ['decisions', 'topic'],
  ] as const)
    assert.equal(state.prove(machine, entry), undefined)
  assert.equal(state.machine('counter')?.name, 'counter')
})

test('names of machines are checked when a chain begins', () => {
  const named = (machine: string): StateMachine => ({
    name: machine,
    apply: () => DONE,
    root: () => '0'.repeat(64),
    save: () => [],
    load() {},
  })
  const start = (...own: StateMachine[]) => new ChainState(genesisOf(), crypto, () => own)
  assert.throws(() => start(named('registry')), /same name/)
  assert.throws(() => start(named('')), /1 to 64 bytes/)
  assert.throws(() => start(named('é'.repeat(33))), /1 to 64 bytes/)
  assert.throws(
    () => start(...Array.from({ length: 60 }, (_, i) => named(`m${i}`))),
    /64 state machines at most/,
  )
  const greedy: StateMachine = { ...named('greedy'), save: () => [new Uint8Array(600_000)] }
  assert.throws(() => takeSnapshot(start(greedy), crypto), /"greedy" saves a piece of more/)
})

test('an envelope that no valid block would hold changes nothing but is told of', () => {
  const outcomes: string[] = []
  const ledger = ledgerOf({
    machines,
    events: { outcome: (_, outcome) => outcomes.push(outcome.ok ? 'ok' : outcome.reason) },
  })
  const wrong = envelope(SENDERS[0]!, 5, [transaction('counter', 3)])
  ledger.apply(blockOf(ledger, { envelopes: [wrong] }))
  assert.match(outcomes[0]!, /sequence 5 .* is not 1/)
  assert.equal(ledger.state.prove('counter', SENDERS[0]!), undefined)
})
