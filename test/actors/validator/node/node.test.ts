import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { crypto, isValid } from '../../../../actors/validator/crypto.ts'
import type { TransactionReceipt } from '../../../../actors/validator/node/submitter.ts'
import { equivocating } from '../../../../actors/validator/rehearsal.ts'
import { LightClient } from '../../../../protocols/consensus/light-client.ts'
import { BEFORE_ALL, decisionTransaction } from '../../../../protocols/consensus/state/decisions.ts'
import type { Transaction } from '../../../../protocols/consensus/types.ts'
import { VolatileBlocks } from '../../../../storage/block-store/volatile.ts'
import { type Member, Network } from './network.ts'

let ids = 0
const decision = (topic: string): Transaction => {
  const id = new Uint8Array(16)
  new DataView(id.buffer).setUint32(0, ++ids)
  return decisionTransaction(topic, Uint8Array.of(1), id)
}

/** Submits, and keeps what comes back. */
function submitTo(member: Member, count: number): TransactionReceipt[] {
  const receipts: TransactionReceipt[] = []
  const fail = (reason: string) => assert.fail(reason)
  for (let i = 0; i < count; i++)
    member.node.transactions.submitter.submit(
      decision(`v${member.index}`),
      (receipt) => void receipts.push(receipt),
      fail,
    )
  return receipts
}

const logOf = ({ node }: Member) => [...node.ledger.state.decisions.after(BEFORE_ALL)]

describe('nodes', () => {
  test('what all submit is final for all in one order, each with what proves it', async () => {
    const network = await Network.of()
    const receipts = network.members.map((member) => submitTo(member, 25))
    await network.runUntil('all is final', () => receipts.every((some) => some.length === 25))
    await network.runUntil('everyone has it', () => network.members.every((one) => logOf(one).length === 100))
    const [first] = network.members as [Member]
    for (const member of network.members) assert.deepEqual(logOf(member), logOf(first))
    const client = new LightClient(network.genesis, { ...crypto, verify: isValid })
    for (const { height, finality, outcome } of receipts.flat()) {
      assert.ok(outcome.ok)
      assert.equal(client.finalHeader(finality).height, height)
    }
  })

  test('what comes together goes under one signature, and together into one block', async () => {
    const network = await Network.of()
    const receipts = submitTo(network.members[1]!, 40)
    await network.runUntil('all is final', () => receipts.length === 40)
    assert.equal(new Set(receipts.map(({ height }) => height)).size, 1)
    assert.deepEqual(
      receipts.map(({ index }) => index),
      receipts.map((_, i) => i),
    )
    assert.equal(network.members[1]!.node.ledger.sequence(network.members[1]!.keys.publicKey), 1)
  })

  test('lost frames are made good', async () => {
    const network = await Network.of({ seed: 5, loss: 0.2, delayMs: 40 })
    const receipts = network.members.map((member) => submitTo(member, 10))
    await network.runUntil('all is final', () => receipts.every((some) => some.length === 10), 200_000)
  })

  test('who crashes goes on with what was durable, and its clients’ next transactions are final', async () => {
    const network = await Network.of({ seed: 9, persistMs: 20 })
    const [victim, witness] = network.members as [Member, Member]
    for (let round = 0; round < 6; round++) {
      submitTo(victim, 5)
      const seen = submitTo(witness, 5)
      const crashAtMs = network.agenda.nowMs + network.random.whole(1, 60)
      await network.runUntil('it is time to crash', () => network.agenda.nowMs >= crashAtMs)
      victim.crash()
      await network.runUntil('the others go on', () => seen.length === 5)
      await victim.restart()
      const own = submitTo(victim, 3)
      await network.runUntil('the one that crashed takes part', () => own.length === 3)
    }
    await network.runUntil('all are equal', () => {
      const heights = network.members.map(({ node }) => node.core.height)
      return new Set(heights).size === 1
    })
    const [first] = network.members as [Member]
    for (const member of network.members) assert.deepEqual(logOf(member), logOf(first))
  })

  test('a transaction that can never be in a block is refused', async () => {
    const network = await Network.of({ genesis: { max_block_size: 4_096 } })
    const refused: string[] = []
    const huge = { machine: 'decisions', payload: new Uint8Array(10_000) }
    const { submitter } = network.members[0]!.node.transactions
    submitter.submit(
      huge,
      () => assert.fail('it is final'),
      (reason) => void refused.push(reason),
    )
    const receipts = submitTo(network.members[0]!, 1)
    await network.runUntil('the next one is final', () => receipts.length === 1)
    assert.match(refused[0]!, /too-large/)
  })

  test('who lies is found out, loses stake and is out of the next set', async () => {
    const network = await Network.of({
      genesis: { epoch_length: 12 },
      speech: ({ index, keys }, chain, others) =>
        index === 3 ? equivocating(keys, chain, others) : undefined,
    })
    for (let round = 0; round < 40; round++) submitTo(network.members[round % 3]!, 1)
    await network.runUntil('the next epoch has begun', () =>
      network.members.slice(0, 3).every(({ node }) => node.core.epoch.set.epoch >= 1),
    )
    const liar = network.members[3]!.keys.publicKey
    for (const { node } of network.members.slice(0, 3)) {
      assert.equal(node.core.epoch.set.members.length, 3)
      assert.deepEqual(node.ledger.state.staking.holding(liar)?.stake, 95)
      assert.equal(node.findings.accusations[0]?.offender, liar)
    }
  })

  test('who has lost its blocks, when the others have pruned theirs, goes on from their snapshot', async () => {
    const network = await Network.of({ genesis: { epoch_length: 12 } })
    const [victim, ...others] = network.members as [Member, ...Member[]]
    const isSo = (epoch: number) => () => others.every(({ node }) => node.core.epoch.set.epoch >= epoch)
    await network.runUntil('some epochs are over', isSo(3), 200_000)
    victim.crash()
    victim.archive = new VolatileBlocks()
    assert.equal(await others[0]!.archive.runAt(1), undefined, 'the first blocks are pruned')
    await victim.restart()
    assert.equal(victim.node.core.height, 0)
    await network.runUntil('it is back', () => victim.isUp && victim.node.core.height >= 36, 200_000)
    const receipts = submitTo(victim, 3)
    await network.runUntil('it takes part', () => receipts.length === 3, 100_000)
    await network.runUntil(
      'all are equal',
      () => new Set(network.members.map(({ node }) => node.core.height)).size === 1,
    )
    const roots = new Set(network.members.map(({ node }) => node.ledger.root()))
    assert.equal(roots.size, 1)
    assert.equal(others[0]!.node.findings.accusations.length, 0)
  })

  test('the same seed is the same run', async () => {
    const run = async (seed: number) => {
      ids = 0
      const network = await Network.of({ seed, loss: 0.1, delayMs: 30 })
      const receipts = network.members.map((member) => submitTo(member, 4))
      await network.runUntil('all is final', () => receipts.every((some) => some.length === 4), 200_000)
      return receipts
        .flat()
        .map(({ height, index, finality }) => `${height} ${index} ${finality.certificate.block}`)
    }
    assert.deepEqual(await run(3), await run(3))
    assert.notDeepEqual(await run(3), await run(4))
  })
})
