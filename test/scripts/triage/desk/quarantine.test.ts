import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  chain,
  createGenesis,
  crypto,
  decisions,
  type Genesis,
  LightClient,
  validators,
} from '../../../../actors/validator/index.ts'
import { decodeProofFile } from '../../../../protocols/consensus/codec/proof-file.ts'
import { readDecision } from '../../../../protocols/consensus/state/decisions.ts'
import type { ActorSystem } from '../../../../runtime/index.ts'
import { DecisionReader } from '../../../../scripts/triage/desk/decision-reader.ts'
import { decisionsReport } from '../../../../scripts/triage/desk/decisions-report.ts'
import { liarsAmong } from '../../../../scripts/triage/desk/evidence.ts'
import { type Ending, finalOf, INTERRUPTED, Ledger } from '../../../../scripts/triage/desk/ledger.ts'
import { QUARANTINE, Quarantine } from '../../../../scripts/triage/desk/quarantine.ts'
import { startSystem } from '../../../support/systems.ts'

const LETTERS = 40
/** So few blocks that the letters take several epochs. */
const EPOCH = 10

const decided = (spam: boolean): Ending => ({
  ...{ kind: 'decided', how: 'judged' },
  decision: { spam, probability: spam ? 0.9 : 0.1, opinions: {} },
})
const SET_ASIDE: Ending = { kind: 'set-aside', reason: 'its parser fell' }
const REFUSED: Ending = { kind: 'refused', reason: 'MAIL_EMPTY: The file is empty.' }

describe('letters that are kept from their readers', () => {
  let folder: string
  let system: ActorSystem
  let genesis: Genesis
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'neuroplex-quarantine-'))
    const service = validators({ genesis: { epoch_length: EPOCH }, liars: 1 })
    system = await startSystem({ dataDir: folder, services: [service], limits: { stallMs: 5_000 } })
    genesis = createGenesis(JSON.parse(await readFile(join(folder, 'validators/genesis.json'), 'utf8')))
  })
  after(async () => {
    await system.shutdown()
    await rm(folder, { recursive: true })
  })

  test('are decided on once each, even when they are done again, and by decisions that anyone can check', async () => {
    const quarantine = new Quarantine(system)
    const reader = new DecisionReader(system, genesis)
    const ledger = new Ledger()
    const following = reader.follow()
    for (let i = 0; i < LETTERS; i++) {
      const id = `letter ${i}`
      const end = ledger.takeIn({ id, file: '' })
      const ending: Ending = i % 4 === 3 ? SET_ASIDE : decided(true)
      // As when a clerk is lost before it could log the letter, and another does it again.
      const seal = (): Promise<Ending> => quarantine.seal(id, ending)
      const [sealed, again] = await Promise.all([seal(), seal()])
      const { height, index } = finalOf(sealed)!
      assert.deepEqual({ ...finalOf(again), ms: 0 }, { height, index, ms: 0 })
      end(sealed)
    }
    await Promise.race([following, reader.reached(ledger.entries.map(({ letter }) => letter.id))])
    const report = decisionsReport(ledger, reader, [])
    const { letters, count, twice, missing, finalityMs } = report
    assert.deepEqual([letters, count, twice, missing], [LETTERS, LETTERS, 0, 0])
    assert.ok(finalityMs.p50! > 0 && finalityMs.p99! >= finalityMs.p50!)
    assert.ok(report.perSecond > 0)

    const { epoch } = await chain(system).status()
    assert.ok(epoch > 1, 'the reader has followed the validators to other epochs')
    const client = new LightClient(genesis, crypto)
    for (const { letter, ending } of ledger.entries) {
      const { epochs, transaction } = decodeProofFile(await decisions(system).prove(finalOf(ending)!))
      for (const next of epochs.slice(client.epoch)) client.advance(next)
      const { topic, value } = readDecision(client.transaction(transaction).transaction.payload)
      assert.equal(topic, QUARANTINE)
      const verdict = ending!.kind === 'decided' ? 'spam' : 'set-aside'
      assert.deepEqual(JSON.parse(Buffer.from(value).toString()), { message: letter.id, verdict })
    }
  })

  test('are found where they have no decision, or more than one', async () => {
    const quarantine = new Quarantine(system)
    const reader = new DecisionReader(system, genesis)
    const following = reader.follow()
    const ledger = new Ledger()
    const take = (id: string) => ledger.takeIn({ id, file: '' })
    take('twice')(await quarantine.seal('twice', decided(true)))
    await quarantine.seal('twice', SET_ASIDE)
    take('without')(decided(true))
    take('otherwise')({
      ...SET_ASIDE,
      ...{ final: finalOf(await quarantine.seal('otherwise', decided(true)))! },
    })
    take('cut')({ kind: 'set-aside', reason: INTERRUPTED })
    await Promise.race([following, reader.reached(['twice', 'otherwise'])])
    const { letters, twice, missing } = decisionsReport(ledger, reader, [])
    assert.deepEqual([letters, twice, missing], [3, 1, 2])
  })

  test('are those that are spam or set aside, and no others', async () => {
    const quarantine = new Quarantine(system)
    for (const ending of [decided(false), REFUSED])
      assert.equal(await quarantine.seal('not kept', ending), ending)
    const reader = new DecisionReader(system, genesis)
    const following = reader.follow()
    await quarantine.seal('the last', decided(true))
    await Promise.race([following, reader.reached(['the last'])])
    assert.equal(reader.has({ message: 'not kept', verdict: 'spam' }), false)
    assert.equal(reader.has({ message: 'the last', verdict: 'spam' }), true)
  })

  test('are decided on although a validator lies, of which there is proof', async () => {
    const [liar, ...others] = await liarsAmong(system, 4)
    assert.deepEqual(others, [])
    assert.equal(liar!.validator, 'validator-4')
    assert.ok(liar!.proofs >= 1 && liar!.stake < 100)
  })

  test('are not believed to be decided on by the certificates of another chain', async () => {
    const foreign = createGenesis({ ...genesis, genesis_time: genesis.genesis_time + 1 })
    await assert.rejects(new DecisionReader(system, foreign).follow(), { code: 'INVALID_PROOF' })
  })
})
