import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { Document } from '../../../actors/replica/document/document.ts'
import { Crossing } from '../../../actors/replica/epochs/crossing.ts'
import {
  Counter,
  documents,
  linkReplicas,
  replicas,
  type SharedDocument,
} from '../../../actors/replica/index.ts'
import type { Replica } from '../../../actors/replica/replica.ts'
import type { ActorRef, ActorSystem, SystemOptions } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'
import { openPlan, Planner, Stranger } from './planners.ts'

const ID = 'coordination-plan/launch'

interface Shared {
  total: Counter
  mine: Record<string, number>
  list: string[]
}

const MODULE = import.meta.resolve('./planners.ts')
const PATIENCE_MS = 60_000
const folders: string[] = []

after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'neuroplex-epochs-'))
  folders.push(folder)
  return folder
}

function start(options: SystemOptions = {}): Promise<ActorSystem> {
  const storage = options.dataDir === undefined ? 'volatile' : 'embedded'
  return startSystem({
    modules: [MODULE],
    services: [replicas({ storage, limits: { epochOperations: 60 } })],
    ...options,
    limits: { stallMs: 5_000, shutdownMs: 5_000, askTimeoutMs: 20_000 },
  })
}

function keeperOf(system: ActorSystem): Promise<ActorRef<Replica>> {
  return system.lookup('/system/replicas/keeper') as unknown as Promise<ActorRef<Replica>>
}

async function open(system: ActorSystem): Promise<SharedDocument<Shared>> {
  const initial = { total: new Counter(0), mine: {}, list: [] }
  return documents(system).open<Shared>('coordination-plan', 'launch', { initial })
}

async function epochOf(system: ActorSystem): Promise<number> {
  return (await keeperOf(system)).ask.epoch(ID)
}

/** Edits that are all to be seen in the end, each a change of its own. */
async function edit(plan: SharedDocument<Shared>, name: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++)
    await plan.change(({ total, mine, list }) => {
      total.increment()
      mine[name] = (mine[name] ?? 0) + 1
      list.push(`${name}-${list.length}`)
      if (list.length > 10) list.splice(0, 5)
    })
}

function same(...plans: SharedDocument<Shared>[]): boolean {
  const [first, ...others] = plans.map((plan) => JSON.stringify([plan.version(), plan.view().total.value]))
  return others.every((other) => other === first)
}

describe('a document that two systems share', () => {
  test('begins new epochs while both edit it, and all edits of both are there', async () => {
    await using left = await start()
    await using right = await start()
    const unlink = await linkReplicas(left, right)
    const [mine, theirs] = [await open(left), await open(right)]
    await Promise.all([edit(mine, 'left', 120), edit(theirs, 'right', 120)])
    await until('both are the same', () => same(mine, theirs) && mine.view().total.value === 240, PATIENCE_MS)
    assert.deepEqual(mine.view().mine, { left: 120, right: 120 })
    assert.ok((await epochOf(left)) > 1)
    assert.equal(await epochOf(left), await epochOf(right))
    await unlink()
  })

  test('comes together when one of them, or both, have begun epochs alone', async () => {
    await using left = await start()
    await using right = await start()
    let unlink = await linkReplicas(left, right)
    const [mine, theirs] = [await open(left), await open(right)]
    await edit(mine, 'left', 10)
    await until(
      'both are the same',
      () => same(mine, theirs) && theirs.view().total.value === 10,
      PATIENCE_MS,
    )
    for (const [lefts, rights] of [
      [80, 5],
      [3, 90],
      [100, 70],
    ] as const) {
      await unlink()
      await Promise.all([edit(mine, 'left', lefts), edit(theirs, 'right', rights)])
      unlink = await linkReplicas(left, right)
      await until('both are the same', () => same(mine, theirs), PATIENCE_MS)
    }
    const view = mine.view()
    assert.deepEqual(view.mine, { left: 193, right: 165 })
    assert.equal(view.total.value, 193 + 165)
    assert.ok((await epochOf(left)) > 2)
    await unlink()
  })

  test('comes together however many epochs of edits both have made while they were apart', async () => {
    await using left = await start()
    await using right = await start()
    let unlink = await linkReplicas(left, right)
    const [mine, theirs] = [await open(left), await open(right)]
    await Promise.all([edit(mine, 'left', 1), edit(theirs, 'right', 1)])
    const both = () => same(mine, theirs) && mine.view().total.value === 2
    await until('both have both edits', both, PATIENCE_MS)
    await unlink()
    // Enough for three times as many as are remembered.
    await Promise.all([edit(mine, 'left', 500), edit(theirs, 'right', 500)])
    const alone = [await epochOf(left), await epochOf(right)]
    for (const epoch of alone) assert.ok(epoch > 0 && epoch < 9, `it is in epoch ${epoch}`)
    unlink = await linkReplicas(left, right)
    await until('both are the same', () => same(mine, theirs), PATIENCE_MS)
    assert.deepEqual(mine.view().mine, { left: 501, right: 501 })
    assert.equal(mine.view().total.value, 1_002)
    await edit(mine, 'left', 1)
    await until(
      'it goes on to new epochs',
      async () => (await epochOf(left)) > Math.max(...alone),
      PATIENCE_MS,
    )
    await unlink()
  })

  test('comes together with one that was away, and was stopped meanwhile', async () => {
    const dataDir = await newFolder()
    await using left = await start()
    const mine = await open(left)
    {
      await using right = await start({ dataDir })
      const unlink = await linkReplicas(left, right)
      const theirs = await open(right)
      await edit(mine, 'left', 5)
      await until(
        'both are the same',
        () => same(mine, theirs) && theirs.view().total.value === 5,
        PATIENCE_MS,
      )
      await unlink()
      await edit(theirs, 'right', 4)
    }
    await edit(mine, 'left', 90)
    assert.ok((await epochOf(left)) > 0)
    await using right = await start({ dataDir })
    const theirs = await open(right)
    assert.equal(await epochOf(right), 0)
    const unlink = await linkReplicas(left, right)
    await until('both are the same', () => same(mine, theirs), PATIENCE_MS)
    assert.deepEqual(mine.view().mine, { left: 95, right: 4 })
    assert.equal(mine.view().total.value, 99)
    await unlink()
  })

  test('is the same for actors on all threads of systems that are linked in a row', async () => {
    await using left = await start({ threads: 2 })
    await using middle = await start()
    await using right = await start({ threads: 2 })
    const unlinks = [await linkReplicas(left, middle), await linkReplicas(middle, right)]
    const plan = await openPlan(middle)
    const team: ActorRef<Planner>[] = []
    for (const system of [left, right])
      for (const thread of [1, 2])
        team.push(await system.spawn(Planner, { thread, name: `planner-${thread}` }))
    await Promise.all(
      team.map(async (planner, p) => {
        for (let i = 0; i < 15; i++) {
          await planner.ask.add([`${p}-${i}`])
          await planner.ask.spend(16)
        }
      }),
    )
    const expected = team.flatMap((_, p) => Array.from({ length: 15 }, (_, i) => `${p}-${i}`)).sort()
    const spent = 100 - 4 * 15 * 17
    for (const planner of team) {
      await until('all is spent', async () => (await planner.ask.budget()) === spent, PATIENCE_MS)
      assert.deepEqual((await planner.ask.tasks()).sort(), expected)
    }
    assert.deepEqual(await team[0]?.ask.tasks(), await team[3]?.ask.tasks())
    assert.equal(plan.view().budget.value, spent)
    await until('a new epoch begins', async () => (await epochOf(left)) > 0, PATIENCE_MS)
    for (const unlink of unlinks) await unlink()
  })
})

describe('a stranger that tells of epochs', () => {
  const NODE = '0'.repeat(32)
  const other = 'b'.repeat(64)
  const SEEN = { node: NODE, number: 1, hash: other, atMs: 0, lasting: true }
  const lies: readonly (readonly [
    what: string,
    lie: (document: Document, crossing: Crossing) => unknown,
    explanation: RegExp,
  ])[] = [
    [
      'a version that does not come to that epoch',
      ({ first, heads }) => [
        { number: 0, hash: first, heads: [] },
        { number: 1, hash: other, heads },
      ],
      /not what its version comes to/,
    ],
    [
      'an epoch that nobody had a reason to begin',
      ({ first, heads }, { hash }) => [
        { number: 0, hash: first, heads: [] },
        { number: 1, hash, heads },
      ],
      /hardly any past/,
    ],
    ['no lineage', () => 'all', /wrong shape/],
  ]
  for (const [what, lie, explanation] of lies)
    test(`and says ${what} is refused, and the document stays as it is`, async () => {
      await using system = await start()
      const plan = await open(system)
      await edit(plan, 'mine', 2)
      const keeper = await keeperOf(system)
      const stranger = await system.spawn(Stranger)
      await keeper.ask.connect('stranger', stranger as unknown as Parameters<Replica['connect']>[1])
      const saved = (await keeper.ask.fetch(ID)) as Uint8Array
      const document = Document.load({ id: ID, type: 'coordination-plan', actor: 'aa' }, [saved])
      const lineage = lie(document, new Crossing(document, document.heads))
      keeper.tell.deliver('stranger', ID, {
        version: 1,
        document: ID,
        kind: 'epochs',
        node: NODE,
        nodes: [SEEN],
        lineage,
      })
      const why = await until('it is refused', () => plan.refusedPeers().get('stranger'))
      assert.match(why, explanation)
      const heard = await stranger.ask.heard()
      await edit(plan, 'mine', 2)
      assert.equal(plan.view().total.value, 4)
      assert.equal(await stranger.ask.heard(), heard)
      assert.equal(await epochOf(system), 0)
    })

  test('that nobody else knows, however great, is not followed', async () => {
    await using system = await start()
    const plan = await open(system)
    const keeper = await keeperOf(system)
    const stranger = await system.spawn(Stranger)
    await keeper.ask.connect('stranger', stranger as unknown as Parameters<Replica['connect']>[1])
    const lineage = [{ number: 9_000, hash: other, heads: [other] }]
    await keeper.ask.deliver('stranger', ID, {
      version: 1,
      document: ID,
      kind: 'epochs',
      node: NODE,
      nodes: [SEEN],
      lineage,
    })
    await edit(plan, 'mine', 90)
    await until('its own epochs begin', async () => (await epochOf(system)) > 0, PATIENCE_MS)
    assert.equal(plan.view().total.value, 90)
  })
})
