import assert from 'node:assert/strict'
import { test } from 'node:test'
import { equivocating } from '../../../actors/validator/rehearsal.ts'
import { describeAlert, statusOf } from '../../../actors/validator/status.ts'
import { decisionTransaction } from '../../../protocols/consensus/state/decisions.ts'
import { VolatileBlocks } from '../../../storage/block-store/volatile.ts'
import { type Member, Network } from './node/network.ts'

const statusFor = (network: Network, member: Member) =>
  statusOf(`v${member.index}`, member.node, network.agenda.nowMs)

async function decide(network: Network, count: number): Promise<void> {
  let final = 0
  const [first] = network.members as [Member]
  const fail = (reason: string) => assert.fail(reason)
  for (let i = 0; i < count; i++) {
    const nonce = new Uint8Array(16).fill(i + 1)
    first.node.transactions.submitter.submit(
      decisionTransaction('topic', Uint8Array.of(1), nonce),
      () => void final++,
      fail,
    )
  }
  await network.runUntil('all is final', () => final === count)
}

test('all validators say the same of a chain, each in its own name', async () => {
  const network = await Network.of()
  await decide(network, 5)
  await network.runUntil('all are as far', () =>
    network.members.every(({ node }) => node.core.height === network.members[0]!.node.core.height),
  )
  const [one, other] = [network.members[0]!, network.members[2]!].map((member) => statusFor(network, member))
  assert.deepEqual([one!.validator, other!.validator], ['v0', 'v2'])
  assert.equal(one!.chain, 'test')
  assert.equal(one!.decisions, 5)
  assert.deepEqual([one!.totalStake, one!.toleratedStake], [400, 133])
  for (const field of ['chainId', 'height', 'epoch', 'decisions', 'parameters', 'validators'] as const)
    assert.deepEqual(one![field], other![field], field)
})

test('the validators share leadership, and blocks name who led them', async () => {
  const network = await Network.of()
  await decide(network, 5)
  const status = statusFor(network, network.members[1]!)
  const ids = status.validators.map(({ id }) => id).sort()
  assert.deepEqual(ids, ['v0', 'v1', 'v2', 'v3'])
  assert.ok(ids.includes(status.leader))
  assert.ok(Math.abs(status.validators.reduce((sum, { leads }) => sum + leads, 0) - 1) < 1e-9)
  assert.ok(status.validators.every(({ active, jailed, stake }) => active && !jailed && stake === 100))
  assert.equal(status.blocks.at(-1)?.height, status.height)
  for (const block of status.blocks) {
    assert.ok(ids.includes(block.leader))
    assert.ok(block.signers >= 3 && block.signers <= 4)
  }
  assert.equal(
    status.blocks.reduce((sum, { transactions }) => sum + transactions, 0),
    5,
  )
})

test('blocks of earlier epochs name who led them too, also where several came at once', async () => {
  const network = await Network.of({ genesis: { epoch_length: 12 } })
  const [one, other] = network.members as [Member, Member]
  const byHeight = new Map<number, string>()
  const note = () => {
    for (const { height, leader } of statusFor(network, one).blocks) byHeight.set(height, leader)
    return one.node.core.epoch.set.epoch >= 1
  }
  await network.runUntil('an epoch is over', note)
  other.crash()
  other.archive = new VolatileBlocks()
  await network.runUntil('two more are', () => note() && one.node.core.height >= 20)
  await other.restart()
  const isSo = () => note() && other.isUp && other.node.core.height >= 22
  await network.runUntil('the other one has caught up', isSo)
  const { blocks } = statusFor(network, other)
  assert.ok(blocks.some(({ epoch }) => epoch === 0) && blocks.some(({ epoch }) => epoch === 1))
  for (const { height, leader } of blocks) assert.equal(leader, byHeight.get(height))
})

test('who signs contradictions stands in the evidence by its name', async () => {
  const network = await Network.of({
    speech: ({ index, keys }, chain, others) => (index === 3 ? equivocating(keys, chain, others) : undefined),
  })
  const honest = network.members.slice(0, 3)
  await network.runUntil('it is found out', () =>
    honest.some(({ node }) => node.findings.accusations.length > 0),
  )
  const accuser = honest.find(({ node }) => node.findings.accusations.length > 0)!
  const { evidence } = statusFor(network, accuser)
  assert.ok(evidence.length > 0)
  assert.ok(evidence.every(({ validator, epoch, view }) => validator === 'v3' && epoch >= 0 && view >= 1))
})

test('what can be amiss is said in a sentence that names who', () => {
  const nameOf = (key: string) => `<${key}>`
  const validator = 'k'
  assert.match(describeAlert({ kind: 'finality-late', sinceMs: 5.4 }, nameOf), /final for 5 ms although/)
  assert.equal(
    describeAlert({ kind: 'silent', validator, sinceMs: 900 }, nameOf),
    '<k> has said nothing for 900 ms',
  )
  assert.match(
    describeAlert({ kind: 'late', validator, byMs: 12.6 }, nameOf),
    /votes of <k> come 13 ms after/,
  )
  assert.equal(describeAlert({ kind: 'invalid', validator, what: 'a frame' }, nameOf), '<k> has sent a frame')
  assert.match(
    describeAlert({ kind: 'diverged', height: 7 }, nameOf),
    /at height 7 the others have another state/,
  )
})
