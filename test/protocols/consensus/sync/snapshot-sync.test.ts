/** A validator joins a chain whose blocks are pruned, among peers of which some lie. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SnapshotOffer } from '../../../../protocols/consensus/codec/sync.ts'
import { SnapshotRefusedError } from '../../../../protocols/consensus/errors.ts'
import { Ledger } from '../../../../protocols/consensus/ledger/ledger.ts'
import { LightClient } from '../../../../protocols/consensus/light-client.ts'
import { offerSnapshot } from '../../../../protocols/consensus/sync/serving.ts'
import { GENESIS, Node } from '../ledger/network.ts'
import { crypto, KEYS, SENDERS } from '../sample-chain.ts'
import { archiveOf, behind, chainUpTo, honest, type Peer, refusedBy, runSync } from './peers.ts'

const network = chainUpTo(4)
const [first] = network.nodes as [Node]
const archive = await archiveOf(first)
const START = 4 * GENESIS.epoch_length
const offer = (await offerSnapshot(0, archive, GENESIS)) as SnapshotOffer

const among = (...peers: readonly Peer[]) => new Map(peers.map((peer, i) => [SENDERS[i]!, peer]))
const silent: Peer = async () => undefined

/** Answers with this in place of the offer. */
const offering =
  (other: SnapshotOffer): Peer =>
  async (question) =>
    question.kind === 'get-offer' ? other : await honest(archive)(question)

/** The state after the last block before the snapshot, executed from the genesis. */
function replayed(): Ledger {
  const ledger = new Ledger({ genesis: GENESIS, crypto })
  for (const { blocks } of first.committed)
    for (const block of blocks) if (block.header.height <= START) ledger.apply(block)
  return ledger
}

test('blocks are pruned, and a snapshot is offered with what shows it to be right', async () => {
  assert.ok(archive.oldest > GENESIS.epoch_length)
  assert.equal(await archive.runAt(1), undefined)
  assert.deepEqual([offer.manifest.height, offer.proofs.length], [START, 4])
  assert.equal(offer.witness.headers[0]!.stateHeight, START)
  // One that knows the epoch's validators takes blocks.
  assert.equal(await offerSnapshot(4, archive, GENESIS), undefined)
})

test('the state of a validator that joins is the one that others get by executing all blocks', async () => {
  const { ledger, sync } = behind()
  const { effects, restored } = await runSync(sync, among(honest(archive)))
  assert.ok(restored)
  assert.deepEqual(refusedBy(effects), [])
  assert.equal(ledger.root(), replayed().root())
  assert.equal(ledger.state.decisions.count, replayed().state.decisions.count)
  const { seed, snapshot } = first.begun[3]!
  const { roots, ...rest } = restored.seed
  assert.deepEqual(rest, { set: seed.set, parameters: seed.parameters, tip: seed.tip })
  assert.deepEqual(roots, seed.roots.slice(-1))
  assert.deepEqual(restored.snapshot.manifest, snapshot.manifest)
  const client = new LightClient(GENESIS, crypto)
  for (const effect of effects) if (effect.kind === 'epoch-proof') client.advance(effect.proof)
  assert.equal(client.epoch, 4)
  assert.equal(sync.dueMs, Number.POSITIVE_INFINITY)
  assert.deepEqual(sync.tick(1e9), [])
})

test('it goes on from there by blocks, and votes', async () => {
  const { ledger, sync } = behind()
  const { restored } = await runSync(sync, among(honest(archive)))
  const joined = new Node(KEYS[3]!, ledger, restored!.seed)
  network.join(joined)
  const isSigner = ({ certificate }: Node['committed'][number]) => (certificate.signers[0]! & 8) !== 0
  network.runUntil(() => joined.validator.epoch.set.epoch >= 5 && first.committed.some(isSigner))
  const height = Math.min(first.ledger.state.height, ledger.state.height)
  assert.ok(height > START)
  const headersOf = ({ committed }: Node) =>
    committed
      .flatMap(({ blocks }) => blocks.map(({ header }) => header))
      .filter((header) => header.height > START && header.height <= height)
  assert.deepEqual(headersOf(joined), headersOf(first))
  assert.deepEqual(joined.begun[0]!.snapshot.manifest, first.begun[4]!.snapshot.manifest)
})

const ownHeader = { ...offer.witness.headers[0]! }
const wrongHash = 'ab'.repeat(32)

const change = (part: Partial<SnapshotOffer>): SnapshotOffer => ({ ...offer, ...part })
const ofManifest = (part: Partial<SnapshotOffer['manifest']>) =>
  change({ manifest: { ...offer.manifest, ...part } })
const ofWitness = (part: Partial<SnapshotOffer['witness']>) =>
  change({ witness: { ...offer.witness, ...part } })
const ofProof = (part: Partial<SnapshotOffer['proofs'][number]>) =>
  change({ proofs: offer.proofs.map((proof, i) => (i === 2 ? { ...proof, ...part } : proof)) })
const ofCertificate = (part: Partial<SnapshotOffer['witness']['certificate']>) =>
  ofWitness({ certificate: { ...offer.witness.certificate, ...part } })
const { finality, validators } = offer.proofs[2]!
const [, ...others] = offer.witness.certificate.signatures
/** Each field in another way than it was. */
const LIES: Record<string, SnapshotOffer> = {
  'an earlier height': ofManifest({ height: START - GENESIS.epoch_length }),
  'a height within an epoch': ofManifest({ height: START - 1 }),
  'a later height': ofManifest({ height: START + GENESIS.epoch_length }),
  'another epoch': ofManifest({ epoch: 4 }),
  'another time': ofManifest({ timestampMs: offer.manifest.timestampMs + 1 }),
  'another root': ofManifest({ stateRoot: wrongHash }),
  'a wrong chunk': ofManifest({ chunks: offer.manifest.chunks.with(0, wrongHash) }),
  'a chunk too many': ofManifest({ chunks: [...offer.manifest.chunks, wrongHash] }),
  'no chunks': ofManifest({ chunks: [] }),
  'no proofs': change({ proofs: [] }),
  'a proof too few': change({ proofs: offer.proofs.slice(0, -1) }),
  'a proof that is left out': change({ proofs: offer.proofs.toSpliced(1, 1) }),
  'a proof without a header': ofProof({ finality: { ...finality, headers: [] } }),
  'other validators': ofProof({ validators: validators.slice(1) }),
  'another stake': ofProof({
    validators: validators.map((one, i) => (i === 0 ? { ...one, stake: 1_000 } : one)),
  }),
  'another reputation': ofProof({ validators: validators.map((one) => ({ ...one, reputation: 1 })) }),
  'a proof of another block': ofProof({ finality: offer.proofs[1]!.finality }),
  'no witness': ofWitness({ headers: [] }),
  'a witness of the epoch before': change({ witness: offer.proofs[3]!.finality }),
  'a header that shows another root': ofWitness({ headers: [{ ...ownHeader, stateRoot: wrongHash }] }),
  'a header that shows another height': ofWitness({ headers: [{ ...ownHeader, stateHeight: START - 1 }] }),
  'a vote for another block': ofCertificate({ block: wrongHash }),
  'votes that only notarize': ofCertificate({ kind: 'notarize' }),
  'votes of another view': ofCertificate({ view: offer.witness.certificate.view + 1 }),
  'votes of another epoch': ofCertificate({ epoch: 3 }),
  'a signature of zeros': ofCertificate({ signatures: [new Uint8Array(64), ...others] }),
  'a signature too few': ofCertificate({ signatures: others }),
  'other signers': ofCertificate({ signers: Uint8Array.of(3) }),
}

for (const [what, lie] of Object.entries(LIES)) {
  test(`an offer with ${what} leads to nothing, and an honest peer is taken in its place`, async () => {
    const alone = behind()
    const before = alone.ledger.root()
    const { restored } = await runSync(alone.sync, among(offering(lie)), 30_000)
    assert.equal(restored, undefined)
    assert.equal(alone.ledger.root(), before)
    const { ledger, sync } = behind()
    assert.ok((await runSync(sync, among(offering(lie), honest(archive)))).restored)
    assert.equal(ledger.root(), replayed().root())
  })
}

test('the root can be right and the chunks wrong: whoever offered them is not listened to any more', async () => {
  const chunk = Uint8Array.of(1, 2, 3)
  const lie = ofManifest({ chunks: [Buffer.from(crypto.sha256(chunk)).toString('hex')] })
  const liar: Peer = async (question) =>
    question.kind === 'get-offer' ? lie : { kind: 'chunk', height: START, index: 0, bytes: chunk }
  const alone = await runSync(behind().sync, among(liar), 30_000)
  assert.deepEqual([alone.restored, refusedBy(alone.effects)], [undefined, [SENDERS[0]]])
  const { ledger, sync } = behind()
  const { restored } = await runSync(sync, among(liar, liar, honest(archive)))
  assert.ok(restored)
  assert.equal(ledger.root(), replayed().root())
})

test('where nothing of what honest validators have restores, it is said that the machines here are others', async () => {
  const application = {
    restore: () => {
      throw new SnapshotRefusedError(START, 'there is a state machine "leases"')
    },
    tuned: () => undefined,
  }
  const { sync } = behind({ application })
  const { effects, restored } = await runSync(sync, among(honest(archive), honest(archive), honest(archive)))
  const failed = effects.find((effect) => effect.kind === 'failed')
  assert.equal(restored, undefined)
  assert.equal(failed?.error.code, 'OTHER_MACHINES')
  assert.match(failed.error.message, /"leases".*Give this validator the same state machines/)
  assert.equal(sync.dueMs, Number.POSITIVE_INFINITY)
})

test('a chunk that is not the one that was asked for ends the trust in who sent it', async () => {
  const liar: Peer = async (question) => {
    const answer = await honest(archive)(question)
    return answer?.kind === 'chunk' ? { ...answer, bytes: answer.bytes.map((byte) => byte ^ 1) } : answer
  }
  const { ledger, sync } = behind()
  const { effects, restored } = await runSync(sync, among(liar, honest(archive), silent))
  assert.ok(restored)
  assert.deepEqual(refusedBy(effects), [SENDERS[0]])
  assert.equal(ledger.root(), replayed().root())
})

test('one that offers and then says nothing more is asked so often, and others in its place', async () => {
  const mute: Peer = async (question) => (question.kind === 'get-offer' ? offer : undefined)
  const alone = await runSync(behind().sync, among(mute), 60_000)
  assert.equal(alone.restored, undefined)
  assert.ok(alone.effects.length < 200, `${alone.effects.length} effects in a minute`)
  const { ledger, sync } = behind()
  assert.ok((await runSync(sync, among(mute, honest(archive)))).restored)
  assert.equal(ledger.root(), replayed().root())
})

test('what was not asked for, or not of this peer, is left out', async () => {
  const { sync } = behind()
  sync.tick(0)
  const bytes = (await archive.chunk(START, 0))!
  const chunk = { kind: 'chunk', height: START, index: 0, bytes } as const
  assert.deepEqual(sync.message(SENDERS[0]!, chunk, 1), [])
  sync.message(SENDERS[0]!, offer, 1)
  sync.tick(sync.dueMs)
  for (const other of [
    { ...chunk, height: 12 },
    { ...chunk, index: 4_000 },
  ])
    assert.deepEqual(sync.message(SENDERS[0]!, other, 1_500), [])
  assert.deepEqual(sync.message(SENDERS[1]!, chunk, 1_500), [])
  assert.equal(sync.isDone, false)
  sync.message(SENDERS[0]!, chunk, 1_500)
  assert.equal(sync.isDone, true)
})

test('a flood of offers is not looked at', () => {
  const { sync } = behind()
  sync.tick(0)
  sync.message(SENDERS[0]!, offer, 1)
  // Each would be refused if it was looked at.
  for (let i = 0; i < 1_000; i++) assert.deepEqual(sync.message(SENDERS[0]!, LIES['another root']!, 2), [])
})

test('a snapshot that is larger than it may be is not taken', async () => {
  const { effects, restored } = await runSync(behind({ maxBytes: 100 }).sync, among(honest(archive)), 20_000)
  assert.deepEqual([restored, refusedBy(effects)], [undefined, [SENDERS[0]]])
})

test('who knows a later epoch is shown less, and who is too far behind asks again', async () => {
  const { sync, ledger } = behind({ known: first.sets[3]! })
  assert.ok((await runSync(sync, among(honest(archive)))).restored)
  assert.equal(ledger.root(), replayed().root())
  const piecemeal: Peer = async (question) => {
    const answer = await honest(archive)(question)
    return answer?.kind === 'snapshot-offer' ? { ...answer, proofs: answer.proofs.slice(0, 1) } : answer
  }
  const slow = behind()
  const { effects, restored } = await runSync(slow.sync, among(piecemeal))
  assert.ok(restored)
  const asked = effects.flatMap((effect) =>
    effect.kind === 'send' && effect.message.kind === 'get-offer' ? [effect.message.epoch] : [],
  )
  assert.deepEqual(asked, [0, 1, 2, 3])
})

/** What a peer does with each question, by a number that is drawn. */
const BEHAVIOURS: readonly ((lie: SnapshotOffer) => Peer)[] = [
  () => honest(archive),
  () => silent,
  (lie) => offering(lie),
  (lie) => async (question) => (question.kind === 'get-offer' ? lie : undefined),
  () => async (question) => {
    const answer = await honest(archive)(question)
    return answer?.kind === 'chunk' ? { ...answer, bytes: answer.bytes.slice(1) } : answer
  },
]

test('among any peers of which one is honest it ends in the state of the chain, and otherwise in none', async () => {
  const root = replayed().root()
  const peer = fc.record({
    behaviour: fc.nat(BEHAVIOURS.length - 1),
    lie: fc.constantFrom(...Object.values(LIES)),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(peer, { minLength: 1, maxLength: 4 }), async (peers) => {
      const { ledger, sync } = behind()
      const before = ledger.root()
      const { restored } = await runSync(
        sync,
        among(...peers.map(({ behaviour, lie }) => BEHAVIOURS[behaviour]!(lie))),
        60_000,
      )
      if (peers.some(({ behaviour }) => behaviour === 0)) assert.ok(restored)
      assert.equal(ledger.root(), restored === undefined ? before : root)
    }),
    { numRuns: 60 },
  )
})
