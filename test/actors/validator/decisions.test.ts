import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  type ChainStatus,
  ConsensusProtocol,
  chain,
  crypto,
  type Decision,
  decisions,
  LightClient,
  validators,
} from '../../../actors/validator/index.ts'
import { InvalidProofError, MalformedBytesError } from '../../../protocols/consensus/errors.ts'
import { createGenesis } from '../../../protocols/consensus/genesis.ts'
import { verifyProof } from '../../../protocols/consensus/proof.ts'
import { readDecision } from '../../../protocols/consensus/state/decisions.ts'
import type { ActorSystem } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { errorOf } from '../../support/until.ts'
import { Decider, Impostor } from './deciders.ts'

const DECIDERS = new URL('./deciders.ts', import.meta.url)
const MACHINES = new URL('./machines.ts', import.meta.url)

describe('decisions', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'neuroplex-decisions-'))
  let system: ActorSystem
  before(async () => {
    const service = validators({ genesis: { epoch_length: 30 }, machines: MACHINES })
    system = await startSystem({ dataDir, threads: 2, modules: [DECIDERS], services: [service] })
  })
  after(async () => {
    await system.shutdown()
    rmSync(dataDir, { recursive: true })
  })

  const genesis = () =>
    createGenesis(JSON.parse(readFileSync(join(dataDir, 'validators/genesis.json'), 'utf8')))

  test('a decision is final with a certificate that anyone can check who has the genesis', async () => {
    const decision = await decisions(system).decide('quarantine', { message: 'm1', verdict: 'spam' })
    assert.deepEqual(decision.value, { message: 'm1', verdict: 'spam' })
    assert.equal(decision.topic, 'quarantine')
    const client = new LightClient(genesis(), crypto)
    const header = client.finalHeader({ headers: decision.headers, certificate: decision.certificate })
    assert.equal(header.height, decision.height)
  })

  test('actors on all threads follow the same decisions in the same order', async () => {
    const deciders = await Promise.all([1, 2].map((thread) => system.spawn(Decider, { thread })))
    const places = await Promise.all(
      Array.from({ length: 60 }, (_, i) => deciders[i % 2]!.within(20_000).ask.decide('order', i)),
    )
    assert.equal(new Set(places).size, 60)
    const seen = await Promise.all(deciders.map((decider) => decider.within(20_000).ask.first('order', 60)))
    assert.deepEqual(seen[0], seen[1])
    assert.deepEqual(
      (seen[0] as number[]).toSorted((a, b) => a - b),
      Array.from({ length: 60 }, (_, i) => i),
    )
  })

  test('who follows goes on behind a place, and hears of what is decided later', async () => {
    const [first] = [await decisions(system).decide('place', 1), await decisions(system).decide('place', 2)]
    const follower = decisions(system).follow<number>('place', { after: first })
    const next = async () => (await follower.next()).value?.value
    assert.equal(await next(), 2)
    const later = next()
    await decisions(system).decide('elsewhere', 0)
    await decisions(system).decide('place', 3)
    assert.equal(await later, 3)
    await follower.return?.(undefined)
  })

  test('a proof tells by itself what was decided, over epochs, and a changed one tells nothing', async () => {
    let decision: Decision<string>
    do decision = await decisions(system).decide('proof', 'yes')
    while (decision.headers[0]!.epoch < 1)
    const proof = await decisions(system).prove(decision)
    const { transaction, header, signedStake, validators: set } = verifyProof(genesis(), proof, crypto)
    assert.equal(header.height, decision.height)
    const { topic, value } = readDecision(transaction.transaction.payload)
    assert.deepEqual([topic, Buffer.from(value).toString()], ['proof', '"yes"'])
    assert.ok(3 * signedStake > 2 * set.totalStake)
    for (let at = 0; at < proof.length; at += 97) {
      const changed = proof.with(at, proof[at]! ^ 4)
      assert.throws(
        () => {
          const shown = verifyProof(genesis(), changed, crypto)
          // Bits that nobody signed: which of several members signed a proof of an epoch is checked, all else is too.
          assert.deepEqual(shown.transaction, transaction)
          throw new InvalidProofError('the same')
        },
        (error) => error instanceof InvalidProofError || error instanceof MalformedBytesError,
      )
    }
    const other = createGenesis({ ...genesis(), chain: 'other' })
    assert.throws(() => verifyProof(other, proof, crypto), InvalidProofError)
  })

  test('what can’t be decided says why', async () => {
    const loop: { self?: unknown } = {}
    loop.self = loop
    for (const [topic, value, problem] of [
      ['', 1, /a topic is a text of 1 to 128 bytes/],
      ['x'.repeat(129), 1, /a topic/],
      ['t', undefined, /can't be written as JSON: it is undefined/],
      ['t', () => 1, /can't be written as JSON: it is function/],
      ['t', loop, /can't be written as JSON/],
      ['t', 1n, /can't be written as JSON/],
      ['t', 'x'.repeat(70_000), /70002 bytes as JSON, more than 65536/],
    ] as const) {
      const error = await errorOf(decisions(system).decide(topic, value))
      assert.equal(error.code, 'INVALID_DECISION')
      assert.match(error.message, problem)
    }
    const gone = await errorOf(decisions(system).prove({ height: 1_000_000, index: 0 }))
    assert.equal(gone.code, 'PROOF_GONE')
  })

  test('a state machine of one’s own executes transactions, and refuses them', async () => {
    const submit = (name: string) => chain(system).submit({ machine: 'counters', payload: Buffer.from(name) })
    await submit('a')
    const { outcome } = await submit('a')
    assert.deepEqual(outcome, { ok: true, value: Uint8Array.of(2) })
    assert.deepEqual((await submit('')).outcome, { ok: false, reason: 'a counter has a name' })
    const unknown = await chain(system).submit({ machine: 'none', payload: new Uint8Array(0) })
    assert.deepEqual(unknown.outcome, { ok: false, reason: 'there is no state machine "none"' })
  })

  test('who is no validator has no say', async () => {
    const impostor = await system.spawn(Impostor)
    const before = await chain(system).status()
    await impostor.ask.disturb('/system/validators/local/validator-1')
    await decisions(system).decide('t', 'after')
    const status: ChainStatus = await chain(system).status()
    assert.ok(status.height > before.height)
    assert.deepEqual(status.alerts, [])
    assert.equal(status.validators.filter(({ active }) => active).length, 4)
  })

  test('the consensus protocol, operation by operation', async () => {
    const protocol = new ConsensusProtocol(system)
    const leader = await protocol.electLeader()
    assert.match(leader, /^validator-[1-4]$/)
    assert.equal(await protocol.validateLeader('nobody'), false)
    const block = await protocol.proposeBlock([
      { machine: 'counters', payload: Buffer.from('b') },
      { machine: 'counters', payload: Buffer.from('b') },
    ])
    assert.equal(await protocol.validateBlock(block), true)
    const forged = { ...block, header: { ...block.header, timestampMs: block.header.timestampMs + 1 } }
    assert.equal(await protocol.validateBlock(forged), false)
    await protocol.commitBlock(block)
    assert.match((await errorOf(protocol.commitBlock(forged))).message, /another block is final/)
    const unproven = await errorOf(protocol.handleByzantineFailure('validator-2'))
    assert.match(unproven.message, /no proof against validator-2/)
    await protocol.recoverFromFailure()
    const parameters = await protocol.optimizeParameters({
      throughput: 100,
      p50Ms: 5,
      p99Ms: 20,
      roundTripMs: 2,
    })
    assert.ok(parameters.batch_cap > 0)
    const adapted = await protocol.adaptToNetwork({ roundTripMs: 300 })
    assert.ok(adapted.pipeline_depth >= parameters.pipeline_depth)
  })
})

test('without the service, it says how to start it', async () => {
  const system = await startSystem()
  const error = await errorOf(decisions(system).decide('t', 1))
  assert.equal(error.code, 'VALIDATORS_MISSING')
  assert.match(error.message, /services: \[validators\(\)\]/)
  await system.shutdown()
})

test('who lies is punished, and what is decided is the same', async () => {
  const service = validators({
    storage: 'volatile',
    liars: 1,
    genesis: { epoch_length: 15, block_time: 100 },
  })
  const system = await startSystem({ services: [service] })
  for (let i = 0; i < 10; i++) await decisions(system).decide('t', i)
  await new ConsensusProtocol(system).handleByzantineFailure('validator-4')
  const { evidence } = await chain(system).status()
  assert.deepEqual(evidence[0]?.validator, 'validator-4')
  let status = await chain(system).status()
  while (status.epoch < 1) {
    await decisions(system).decide('t', 'more')
    status = await chain(system).status()
  }
  const liar = status.validators.find(({ id }) => id === 'validator-4')
  assert.deepEqual([liar?.stake, liar?.active, liar?.jailed], [95, false, true])
  await system.shutdown()
})
