/** What no honest peer or client sends, and what is left of it: nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crypto, signatureOf } from '../../../../actors/validator/crypto.ts'
import { decodeFrame, encodeFrame } from '../../../../actors/validator/node/frame.ts'
import type { IntakeRefusal } from '../../../../actors/validator/node/intake.ts'
import { envelopeSigningBytes } from '../../../../protocols/consensus/codec/envelope.ts'
import { voteSigningBytes } from '../../../../protocols/consensus/codec/vote.ts'
import { BEFORE_ALL, decisionTransaction } from '../../../../protocols/consensus/state/decisions.ts'
import { type Envelope, NO_HASH, type Transaction, type Vote } from '../../../../protocols/consensus/types.ts'
import { keysOf, type Member, Network } from './network.ts'

const id = (n: number) => new Uint8Array(16).fill(n)
const decision = (n: number, bytes = 1): Transaction => decisionTransaction('t', new Uint8Array(bytes), id(n))

function envelopeBy(member: Member, sequence: number, transactions: readonly Transaction[]): Envelope {
  const content = { sender: member.keys.publicKey, sequence, priority: 0, transactions }
  return {
    ...content,
    signature: signatureOf(envelopeSigningBytes(member.node.chainId, content, crypto), member.keys),
  }
}

/** What becomes of envelopes that a client hands in, with the ones that follow. */
async function offer(
  network: Network,
  member: Member,
  envelope: Envelope,
): Promise<IntakeRefusal | undefined> {
  const told: (IntakeRefusal | undefined)[] = []
  member.node.transactions.submit(envelope, (refusal) => void told.push(refusal))
  await network.runUntil('it is told', () => told.length === 1)
  return told[0]
}

const logOf = ({ node }: Member) => [...node.ledger.state.decisions.after(BEFORE_ALL)]

async function goesOn(network: Network, member: Member): Promise<void> {
  const { height } = member.node.core
  await network.runUntil('the chain goes on', () => member.node.core.height >= height + 3)
}

test('envelopes that are forged, changed, replayed or too large are refused, each with its reason', async () => {
  const network = await Network.of({ genesis: { max_block_size: 65_536 } })
  const [member] = network.members as [Member]
  const good = envelopeBy(member, 1, [decision(1)])
  const unsigned = { ...good, signature: new Uint8Array(64) }
  const changed = { ...good, transactions: [decision(2)] }
  const [stranger] = keysOf(9).slice(-1)
  const unknown = { ...good, sender: stranger!.publicKey }
  assert.equal(await offer(network, member, unsigned), 'invalid-signature')
  assert.equal(await offer(network, member, changed), 'invalid-signature')
  assert.equal(await offer(network, member, unknown), 'unknown-sender')
  assert.equal(
    await offer(network, member, envelopeBy(member, 1, [decision(3, 60_000), decision(4, 60_000)])),
    'too-large',
  )
  assert.equal(await offer(network, member, good), undefined)
  await network.runUntil('it is final', () => network.members.every((one) => logOf(one).length === 1))
  for (const again of network.members) assert.equal(await offer(network, again, good), 'sequence-used')
  await goesOn(network, member)
  for (const one of network.members) assert.equal(logOf(one).length, 1)
})

test('bytes that are no frame are told and change nothing', async () => {
  const network = await Network.of()
  const [member, peer] = network.members as [Member, Member]
  const from = peer.keys.publicKey
  const root = member.node.ledger.root()
  const whole = encodeFrame({ kind: 'envelope', envelope: envelopeBy(peer, 1, [decision(1)]) })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(2), (bytes, kind) => {
      member.node.receive(from, bytes)
      member.node.receive(from, Uint8Array.of(kind, ...bytes))
    }),
    { numRuns: 2_000, seed: 5 },
  )
  for (let end = 0; end < whole.length; end++) member.node.receive(from, whole.slice(0, end))
  for (let at = 0; at < whole.length; at++) member.node.receive(from, whole.with(at, whole[at]! ^ 64))
  assert.equal(member.node.ledger.root(), root)
  const alert = member.node.findings.alerts.find(({ alert }) => alert.kind === 'invalid')
  assert.equal(alert?.alert.kind === 'invalid' && alert.alert.validator, from)
  assert.ok(member.node.findings.alerts.length <= 64, 'alerts are bounded')
  await goesOn(network, member)
  assert.equal(new Set(logOf(member).map(({ sender }) => sender)).has(from), false)
})

test('votes of others, of strangers and with wrong signatures count for nothing', async () => {
  const network = await Network.of()
  const [member, liar, other] = network.members as [Member, Member, Member]
  const { set } = member.node.core.epoch
  const indexOf = (one: Member) => set.members.findIndex(({ publicKey }) => publicKey === one.keys.publicKey)
  const vote = (signer: number, signature: Uint8Array): Vote => {
    return { kind: 'nullify', epoch: 0, view: member.node.core.view, block: NO_HASH, signer, signature }
  }
  const say = (from: string, said: Vote) =>
    member.node.receive(from, encodeFrame({ kind: 'consensus', message: { kind: 'vote', vote: said } }))
  const bytes = voteSigningBytes(member.node.chainId, vote(0, new Uint8Array(64)))
  say(liar.keys.publicKey, vote(indexOf(other), signatureOf(bytes, liar.keys)))
  say('f'.repeat(64), vote(indexOf(other), signatureOf(bytes, keysOf(9).at(-1)!)))
  say(liar.keys.publicKey, vote(60, new Uint8Array(64)))
  for (const one of [liar, other]) say(one.keys.publicKey, vote(indexOf(one), new Uint8Array(64).fill(7)))
  const told = member.node.findings.alerts.flatMap(({ alert }) =>
    alert.kind === 'invalid' ? [alert.what] : [],
  )
  assert.ok(told.includes('a vote of another'), told.join())
  await goesOn(network, member)
  assert.equal(member.node.ledger.root(), network.members[0]!.node.ledger.root())
  assert.deepEqual(member.node.findings.accusations, [])
})

test('a proposal with more than fits, and than its header tells, gets no vote, and the chain goes on without it', async () => {
  let broken = 0
  const network = await Network.of({
    genesis: { max_block_size: 65_536 },
    speech: ({ index }) =>
      index !== 1
        ? undefined
        : ({ to, message }, say) => {
            if (message.kind !== 'proposal') return say(to, message)
            broken++
            const { block } = message
            const [member] = network.members as [Member]
            const envelopes = [envelopeBy(member, 1, [decision(1, 60_000), decision(2, 60_000)])]
            say(to, { ...message, block: { ...block, envelopes } })
          },
  })
  const [member] = network.members as [Member]
  await network.runUntil('some were sent', () => broken > 2)
  await goesOn(network, member)
  for (const one of network.members) assert.deepEqual(logOf(one), [])
})

test('a flood of envelopes fills a pool and no more', async () => {
  const network = await Network.of()
  const [member, peer] = network.members as [Member, Member]
  const refused: (IntakeRefusal | undefined)[] = []
  for (let sequence = 2; sequence < 40_000; sequence += 1) {
    const content = { sender: peer.keys.publicKey, sequence, priority: 0, transactions: [decision(1)] }
    const envelope = { ...content, signature: new Uint8Array(64) }
    member.node.transactions.submit(envelope, (refusal) => void (refusal && refused.push(refusal)))
  }
  assert.ok(refused.length > 20_000, `${refused.length} were refused at once`)
  await goesOn(network, member)
  for (const one of network.members) assert.deepEqual(logOf(one), [])
  assert.equal(await offer(network, member, envelopeBy(peer, 1, [decision(1)])), undefined)
})

test('every frame that is written is read as it was', () => {
  const frame = encodeFrame({ kind: 'sync', message: { kind: 'get-offer', epoch: 3 } })
  assert.deepEqual(decodeFrame(frame), { kind: 'sync', message: { kind: 'get-offer', epoch: 3 } })
})
