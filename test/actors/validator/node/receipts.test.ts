import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Receipt, Receipts } from '../../../../actors/validator/node/receipts.ts'
import { DONE, refused } from '../../../../protocols/consensus/state/machine.ts'
import type { Block, Envelope, FinalityProof } from '../../../../protocols/consensus/types.ts'
import {
  blockOf,
  envelope,
  ledgerOf,
  SENDERS,
  transaction,
} from '../../../protocols/consensus/sample-chain.ts'

const [alice, bob] = SENDERS as [string, string]
const FINALITY = { headers: [] } as unknown as FinalityProof

function execute(receipts: Receipts, block: Block): void {
  for (const { transactions } of block.envelopes)
    for (const _ of transactions) receipts.outcome(transactions.length > 1 ? DONE : refused('no'))
  receipts.applied(block)
}

const block = (...envelopes: Envelope[]) => blockOf(ledgerOf(), { envelopes })

test('who waits is told where the transactions are and what became of them, once the block is final', () => {
  const receipts = new Receipts()
  const awaited = envelope(bob, 1, [transaction(), transaction()])
  const told: (Receipt | undefined)[] = []
  receipts.wait(awaited, (receipt) => told.push(receipt))
  execute(receipts, block(envelope(alice, 1), awaited))
  assert.deepEqual(told, [], 'it is not final yet')
  receipts.final(() => FINALITY)
  assert.deepEqual(told, [{ height: 1, index: 1, outcomes: [DONE, DONE], finality: FINALITY }])
  assert.equal(receipts.size, 0)
})

test('who waits for an envelope in whose place another is final is told that there is none', () => {
  const receipts = new Receipts()
  const told: (Receipt | undefined)[] = []
  receipts.wait({ ...envelope(bob, 1), signature: new Uint8Array(64).fill(1) }, (receipt) =>
    told.push(receipt),
  )
  execute(receipts, block(envelope(bob, 1)))
  receipts.final(() => FINALITY)
  assert.deepEqual(told, [undefined])
})

test('who no longer waits is not told, and others who wait for the same are', () => {
  const receipts = new Receipts()
  const told: string[] = []
  const end = receipts.wait(envelope(bob, 1), () => told.push('first'))
  receipts.wait(envelope(bob, 1), () => told.push('second'))
  end()
  end()
  execute(receipts, block(envelope(bob, 1)))
  receipts.final(() => FINALITY)
  assert.deepEqual(told, ['second'])
})

test('blocks that nobody waits for leave nothing behind', () => {
  const receipts = new Receipts()
  execute(receipts, block(envelope(alice, 1)))
  receipts.final(() => assert.fail('nobody asked'))
  assert.equal(receipts.size, 0)
})
