import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Counter, documents, replicas, Text } from '../../../actors/replica/index.ts'
import type { ActorRef, ActorSystem } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'
import { openPlan, Planner } from './planners.ts'

const MODULE = import.meta.resolve('./planners.ts')
const services = [replicas({ storage: 'volatile', limits: { epochOperations: 50 } })]

function start(threads: number): Promise<ActorSystem> {
  return startSystem({
    ...{ modules: [MODULE], services, threads },
    limits: { stallMs: 5_000, shutdownMs: 5_000, askTimeoutMs: 20_000 },
  })
}

async function epochsOf(system: ActorSystem): Promise<number> {
  const keeper = (await system.lookup('/system/replicas/keeper')) as unknown as {
    ask: { epoch(id: string): Promise<number> }
  }
  return keeper.ask.epoch('coordination-plan/launch')
}

describe('a document with much history', () => {
  test('begins new epochs, and nobody who edits it on any thread notices', async () => {
    await using system = await start(3)
    const team = await Promise.all(
      [1, 2, 3].map((thread) => system.spawn(Planner, { thread, name: `planner-${thread}` })),
    )
    const edits = 20
    const spent = 160
    await Promise.all(
      team.map(async (planner, p) => {
        for (let i = 0; i < edits; i++) {
          await planner.ask.add([`${p}-${i}`])
          await planner.ask.spend(spent / edits)
        }
      }),
    )
    const expected = team.flatMap((_, p) => Array.from({ length: edits }, (_, i) => `${p}-${i}`)).sort()
    for (const planner of team as ActorRef<Planner>[]) {
      await planner.ask.until(3 * edits)
      await until(
        'all is spent',
        async () => (await planner.ask.budget()) === 100 - 3 * (edits + spent),
        60_000,
      )
      assert.deepEqual((await planner.ask.tasks()).sort(), expected)
      assert.equal(await planner.ask.budget(), 100 - 3 * (edits + spent))
    }
    assert.deepEqual(await team[0]!.ask.tasks(), await team[2]!.ask.tasks())
    await until('a new epoch begins', async () => (await epochsOf(system)) > 0, 60_000)
  })

  test('a long text is no history: it begins a new epoch only when most of it has been written anew', async () => {
    await using system = await start(0)
    const paper = await documents(system).open<{ text: Text }>('coordination-plan', 'launch', {
      initial: { text: new Text('x'.repeat(1_000)) },
    })
    for (let i = 0; i < 30; i++) await paper.change(({ text }) => text.insert(i, 'y'))
    assert.equal(await epochsOf(system), 0)
    for (let i = 0; i < 30; i++)
      await paper.change(({ text }) => {
        text.delete(0, 40)
        text.insert(text.length, 'z'.repeat(40))
      })
    await until('a new epoch begins', async () => (await epochsOf(system)) > 0, 60_000)
    assert.equal(paper.view().text.length, 1_030)
  })

  test('keeps counters, texts and all values as they are, and edits that came meanwhile', async () => {
    await using system = await start(1)
    const initial = {
      text: new Text('hello'),
      count: new Counter(5),
      when: new Date(7),
      list: [1, { a: null }],
      n: 0,
    }
    const plan = await documents(system).open<typeof initial>('coordination-plan', 'launch', { initial })
    let kept: Promise<void> = Promise.resolve()
    for (let i = 0; i < 300; i++) {
      kept = plan.change((draft) => {
        draft.n = i
        draft.count.increment()
        if (i % 10 === 0) draft.text.insert(draft.text.length, '!')
      })
      if (i % 3 === 0) await kept
    }
    await kept
    await until('it begins an epoch', async () => (await epochsOf(system)) > 0, 60_000)
    await plan.change((draft) => {
      draft.list.push(2)
    })
    const view = plan.view()
    assert.equal(view.n, 299)
    assert.equal(view.count.value, 305)
    assert.equal(view.text.toString(), `hello${'!'.repeat(30)}`)
    assert.deepEqual(view.list, [1, { a: null }, 2])
    assert.equal(view.when.getTime(), 7)
    assert.ok(plan.history({ limit: 1_000 }).entries.length < 200)
  })

  test('waits with it while a conflict waits for people', async () => {
    await using system = await start(0)
    const plan = await documents(system).open<{ goal: string; n: number }>('coordination-plan', 'launch', {
      initial: { goal: '', n: 0 },
      conflicts: { goal: 'manual' },
    })
    const branch = await plan.branch('other')
    await branch.change((draft) => {
      draft.goal = 'theirs'
    })
    await plan.change((draft) => {
      draft.goal = 'mine'
    })
    await plan.merge(branch)
    for (let i = 0; i < 100; i++)
      await plan.change((draft) => {
        draft.n = i
      })
    assert.equal(plan.conflicts().conflicts.length, 1)
    assert.equal(await epochsOf(system), 0)
  })

  test('tells patches over an epoch as the state', async () => {
    await using system = await start(1)
    const plan = await openPlan(system)
    let tasks = 0
    for await (const batch of plan.patches()) {
      if ('state' in batch) tasks = batch.state.tasks.length
      else
        for (const patch of batch.patches)
          if (patch.action === 'insert' && patch.path[0] === 'tasks') tasks += patch.values.length
      if (tasks === 120) break
      assert.equal(tasks, plan.view().tasks.length)
      await plan.change((draft) => draft.tasks.push({ id: `${tasks}`, owner: null }))
    }
    assert.equal(tasks, 120)
  })
})
