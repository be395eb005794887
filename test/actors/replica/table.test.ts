import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Document } from '../../../actors/replica/document/document.ts'
import { genesisOf } from '../../../actors/replica/document/genesis.ts'
import { completeLimits } from '../../../actors/replica/limits.ts'
import { DocumentTable } from '../../../actors/replica/table.ts'
import { Agenda } from '../../protocols/replication/simulation/agenda.ts'

const ID = 'agent-state/s'
const OPTIONS = { id: ID, type: 'agent-state' }

async function start() {
  const agenda = new Agenda()
  const saved = genesisOf('agent-state', { n: 0 })
  const other = Document.load<Record<string, number>>({ ...OPTIONS, actor: 'bb' }, [saved])
  const table: DocumentTable = new DocumentTable({
    limits: completeLimits(),
    now: () => agenda.nowMs,
    wall: () => agenda.nowMs,
    random: () => 0,
    wake: (id) => agenda.after(0, () => table.work(id)),
    after: (ms, run) => {
      agenda.after(ms, run)
      return () => undefined
    },
    send: () => undefined,
    quarantined: () => undefined,
    load: async () => Document.load({ ...OPTIONS, actor: 'aa' }, [saved]),
    opened: () => undefined,
    engineLost: (error) => assert.fail(error),
    worked: () => undefined,
    unloaded: () => undefined,
  })
  const open = await table.open(ID, () => saved)
  open.observers++
  const show = (count: number) => {
    other.edit(
      (draft) => {
        for (let i = 0; i < count; i++) draft[`key-${i}`] = agenda.nowMs
      },
      { author: '/user/one' },
    )
    open.document.receive([other.commit(0)?.bytes as Uint8Array], { trusted: true })
    table.work(ID)
  }
  return { agenda, table, open, show }
}

test('the engine takes in what is shown after a second, all that has come until then', async () => {
  const { agenda, open, show } = await start()
  show(10)
  agenda.runUntil(600)
  show(10)
  assert.equal(open.document.backlog, 20)
  agenda.runUntil(999)
  assert.equal(open.document.backlog, 20)
  agenda.runUntil(1_000)
  assert.equal(open.document.backlog, 0)
  show(10)
  agenda.runUntil(1_999)
  assert.equal(open.document.backlog, 10)
  agenda.runUntil(2_000)
  assert.equal(open.document.backlog, 0)
})

test('it takes in much soon', async () => {
  const { agenda, open, show } = await start()
  show(300)
  assert.equal(open.document.backlog, 300)
  agenda.runUntil(1)
  assert.equal(open.document.backlog, 0)
})

test('it is left alone where the document was closed meanwhile', async () => {
  const { agenda, table, open, show } = await start()
  show(10)
  table.close('the test is over')
  agenda.runUntil(2_000)
  assert.equal(open.closed, 'the test is over')
})
