import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  Counter,
  documents,
  linkReplicas,
  replicas,
  type SharedDocument,
} from '../../../actors/replica/index.ts'
import type { ActorSystem } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'

interface Shared {
  total: Counter
  mine: Record<string, number>
  list: string[]
}

const services = () => [replicas({ storage: 'volatile', limits: { epochOperations: 60 } })]
const PATIENCE_MS = 60_000

function start(threads = 0): Promise<ActorSystem> {
  return startSystem({
    ...{ modules: [], services: services(), threads, logLevel: 'silent' },
    limits: { stallMs: 5_000, shutdownMs: 5_000, askTimeoutMs: 20_000 },
  })
}

async function open(system: ActorSystem): Promise<SharedDocument<Shared>> {
  const initial = { total: new Counter(0), mine: {}, list: [] }
  return documents(system).open<Shared>('coordination-plan', 'launch', { initial })
}

async function epochOf(system: ActorSystem): Promise<number> {
  const keeper = (await system.lookup('/system/replicas/keeper')) as unknown as {
    ask: { epoch(id: string): Promise<number> }
  }
  return keeper.ask.epoch('coordination-plan/launch')
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
})
