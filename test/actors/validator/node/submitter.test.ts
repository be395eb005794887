import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IntakeRefusal } from '../../../../actors/validator/node/intake.ts'
import { Receipts } from '../../../../actors/validator/node/receipts.ts'
import { Submitter, type TransactionReceipt } from '../../../../actors/validator/node/submitter.ts'
import { DONE } from '../../../../protocols/consensus/state/machine.ts'
import { type Envelope, type FinalityProof, NO_HASH } from '../../../../protocols/consensus/types.ts'
import { blockOf, ledgerOf, SENDERS, transaction } from '../../../protocols/consensus/sample-chain.ts'

const [self] = SENDERS as [string]

class World {
  nowMs = 0
  used = 0
  readonly receipts = new Receipts()
  readonly offered: Envelope[] = []
  readonly got: TransactionReceipt[] = []
  readonly reasons: string[] = []
  refusal: IntakeRefusal | undefined
  readonly submitter = new Submitter({
    ...{ self, chain: NO_HASH, maxTransactions: 10, maxBytes: 4_096, receipts: this.receipts },
    now: () => this.nowMs,
    sign: () => new Uint8Array(64).fill(this.offered.length + 1),
    sequence: () => this.used,
    offer: (envelope, refused) => {
      this.offered.push(envelope)
      if (this.refusal !== undefined) refused(this.refusal)
    },
    soon: () => {},
  })

  submit(count: number, bytes = 8): void {
    for (let i = 0; i < count; i++)
      this.submitter.submit(
        transaction('nobody', bytes),
        (receipt) => void this.got.push(receipt),
        (reason) => void this.reasons.push(reason),
      )
    this.submitter.flush()
  }

  /** A block with these envelopes is final. */
  finish(...envelopes: Envelope[]): void {
    this.used = envelopes.at(-1)!.sequence
    for (const { transactions } of envelopes) for (const _ of transactions) this.receipts.outcome(DONE)
    this.receipts.applied(blockOf(ledgerOf(), { envelopes }))
    this.receipts.final(() => ({ headers: [] }) as unknown as FinalityProof)
  }
}

test('what comes together shares envelopes, up to their bounds, with sequence numbers one after the other', () => {
  const world = new World()
  world.submit(25)
  world.submit(2, 3_000)
  assert.deepEqual(
    world.offered.map(({ sequence, transactions }) => [sequence, transactions.length]),
    [
      [1, 10],
      [2, 10],
      [3, 5],
      [4, 1],
      [5, 1],
    ],
  )
  world.finish(...world.offered)
  assert.equal(world.got.length, 27)
  assert.deepEqual(
    world.got.map(({ index }) => index),
    world.got.map((_, i) => i),
  )
  assert.equal(world.submitter.size, 0)
})

test('what is not final after some time is offered again, as it is', () => {
  const world = new World()
  world.submit(1)
  world.nowMs = world.submitter.dueMs - 1
  world.submitter.tick()
  assert.equal(world.offered.length, 1)
  world.nowMs += 1
  world.submitter.tick()
  assert.equal(world.offered[1], world.offered[0])
  world.finish(world.offered[0]!)
  assert.equal(world.submitter.dueMs, Number.POSITIVE_INFINITY)
})

test('where another envelope has used the number, the transactions get a new one', () => {
  const world = new World()
  world.submit(3)
  const [own] = world.offered as [Envelope]
  world.finish({ ...own, signature: new Uint8Array(64).fill(99) })
  assert.deepEqual(world.got, [])
  world.submitter.flush()
  assert.equal(world.offered[1]?.sequence, 2)
  world.finish(world.offered[1]!)
  assert.equal(world.got.length, 3)
})

test('what can never be in a block is refused, and its number is free again', () => {
  const world = new World()
  world.refusal = 'too-large'
  world.submit(1)
  assert.match(world.reasons[0]!, /can't be in a block: too-large/)
  assert.equal(world.submitter.size, 0)
  world.refusal = undefined
  world.submit(1)
  assert.deepEqual(
    world.offered.map(({ sequence }) => sequence),
    [1, 1],
  )
})

test('what is refused for now is kept', () => {
  const world = new World()
  world.refusal = 'busy'
  world.submit(1)
  assert.deepEqual(world.reasons, [])
  assert.equal(world.submitter.size, 1)
})

test('so many envelopes are on their way at a time; what comes meanwhile waits for them', () => {
  const world = new World()
  for (let i = 0; i < 70; i++) world.submit(1)
  assert.equal(world.offered.length, 64)
  world.finish(...world.offered)
  world.submitter.flush()
  assert.deepEqual(
    world.offered.slice(64).map(({ transactions }) => transactions.length),
    [6],
  )
})
