import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { documents, replicas } from '../../../actors/replica/index.ts'
import type { ActorRef, ActorSystem, SystemOptions } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'
import { EMPTY, openPlan, Planner } from './planners.ts'

const MODULE = import.meta.resolve('./planners.ts')
const folders: string[] = []

after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'neuroplex-documents-'))
  folders.push(folder)
  return folder
}

function start(options: SystemOptions = {}): Promise<ActorSystem> {
  return startSystem({
    modules: [MODULE],
    services: [replicas({ storage: options.dataDir === undefined ? 'volatile' : 'embedded' })],
    ...options,
    limits: { stallMs: 5_000, shutdownMs: 5_000, askTimeoutMs: 20_000, ...options.limits },
  })
}

function planners(system: ActorSystem, threads: number[]): Promise<ActorRef<Planner>[]> {
  return Promise.all(threads.map((thread) => system.spawn(Planner, { thread, name: `planner-${thread}` })))
}

describe('a shared document', () => {
  test('an edit is seen at once by who made it, and soon by replicas of all threads', async () => {
    await using system = await start({ threads: 3 })
    const [first, ...others] = await planners(system, [1, 2, 3])
    assert.equal(await first!.ask.addUnkept('a'), 1)
    await first!.ask.add(['b', 'c'])
    for (const other of others) {
      await other.ask.until(3)
      assert.deepEqual(await other.ask.tasks(), ['a', 'b', 'c'])
      assert.equal(await other.ask.budget(), 98)
    }
  })

  test('edits of all threads at the same time are all there, on all of them', async () => {
    await using system = await start({ threads: 3 })
    const team = await planners(system, [1, 2, 3])
    await Promise.all(
      team.flatMap((planner, p) => Array.from({ length: 20 }, (_, i) => planner.ask.add([`${p}-${i}`]))),
    )
    const expected = team.flatMap((_, p) => Array.from({ length: 20 }, (_, i) => `${p}-${i}`)).sort()
    for (const planner of team) {
      await planner.ask.until(60)
      assert.deepEqual((await planner.ask.tasks()).sort(), expected)
      assert.equal(await planner.ask.budget(), 40)
    }
    assert.deepEqual(await team[0]!.ask.tasks(), await team[1]!.ask.tasks())
  })

  test('an edit that throws changes nothing', async () => {
    await using system = await start()
    const plan = await openPlan(system)
    const before = plan.view()
    const failed = plan.change((draft) => {
      draft.tasks.push({ id: 'half', owner: null })
      throw new Error('changed my mind')
    })
    await assert.rejects(failed, /changed my mind/)
    assert.equal(plan.view(), before)
  })

  test('a slow reader skips what came in between', async () => {
    await using system = await start()
    const plan = await openPlan(system)
    const seen: number[] = []
    for await (const { tasks } of plan.watch()) {
      seen.push(tasks.length)
      if (tasks.length === 100) break
      for (let i = 0; i < 25; i++) await plan.change((draft) => draft.tasks.push({ id: `${i}`, owner: null }))
    }
    assert.deepEqual(seen, [0, 25, 50, 75, 100])
  })

  test('watching ends when the document is closed', async () => {
    await using system = await start()
    const plan = await openPlan(system)
    const states: number[] = []
    for await (const { tasks } of plan.watch()) {
      states.push(tasks.length)
      plan.close()
    }
    assert.deepEqual(states, [0])
    assert.throws(() => plan.view(), { code: 'DOCUMENT_CLOSED' })
  })

  test('without the service it is said how to start it', async () => {
    await using system = await startSystem()
    await assert.rejects(openPlan(system), {
      code: 'REPLICAS_MISSING',
      message: /services: \[replicas\(\)\]/,
    })
  })

  test('a type that there is not, and a name that can be none, are refused', async () => {
    await using system = await start()
    const { open } = documents(system)
    await assert.rejects(
      open('shopping-list' as 'agent-state', 'x'),
      /agent-state, coordination-plan, decision-log/,
    )
    await assert.rejects(open('agent-state', 'a b'), { code: 'INVALID_OPTION' })
  })
})

describe('a shared document and failures', () => {
  test('outlives its process', async () => {
    const dataDir = await newFolder()
    {
      await using system = await start({ dataDir, threads: 1 })
      const plan = await openPlan(system)
      await plan.change((draft) => draft.tasks.push({ id: 'kept', owner: null }))
    }
    await using system = await start({ dataDir, threads: 1 })
    assert.deepEqual(await documents(system).names('coordination-plan'), ['launch'])
    const plan = await openPlan(system)
    assert.deepEqual(
      plan.view().tasks.map(({ id }) => id),
      ['kept'],
    )
  })

  for (const storage of ['embedded', 'volatile'] as const)
    test(`goes on when the thread of its keeper is lost (${storage})`, async () => {
      const dataDir = await newFolder()
      await using system = await start({ dataDir, threads: 3, services: [replicas({ storage })] })
      const keeper = (await system.inspect()).find(({ path }) => path === '/system/replicas/keeper')!
      const [beside, elsewhere] = await planners(
        system,
        [1, 2, 3].sort((a, b) => Number(b === keeper.thread) - Number(a === keeper.thread)).slice(0, 2),
      )
      await elsewhere!.ask.add(['before'])
      await beside!.ask.until(1)
      const lost = new Promise((resolve) => system.on('threadLost', resolve))
      beside!.tell.endThread()
      await lost
      await elsewhere!.ask.add(['after'])
      await beside!.ask.until(2)
      assert.deepEqual(await beside!.ask.tasks(), ['before', 'after'])
    })

  test('is there again for actors of a thread that was lost', async () => {
    await using system = await start({ threads: 3 })
    const keeper = (await system.inspect()).find(({ path }) => path === '/system/replicas/keeper')!
    const [stays, falls] = await planners(
      system,
      [1, 2, 3].filter((thread) => thread !== keeper.thread),
    )
    await falls!.ask.add(['one'])
    await stays!.ask.until(1)
    const lost = new Promise((resolve) => system.on('threadLost', resolve))
    falls!.tell.endThread()
    await lost
    await stays!.ask.add(['two'])
    await falls!.ask.until(2)
    await falls!.ask.add(['three'])
    await stays!.ask.until(3)
    assert.deepEqual(await stays!.ask.tasks(), await falls!.ask.tasks())
  })

  test('an engine that broke down costs its thread, and all documents are loaded again', async () => {
    const dataDir = await newFolder()
    await using system = await start({ dataDir, threads: 1 })
    const [planner] = await planners(system, [1])
    await planner!.ask.add(['one'])
    const lost = new Promise<{ reason: string }>((resolve) => system.on('threadLost', resolve))
    assert.notEqual(await planner!.ask.breakEngine(), 'it held')
    await planner!.ask.add(['lost with it']).catch(() => undefined)
    await lost
    await planner!.ask.add(['two'])
    assert.deepEqual(await planner!.ask.tasks(), ['one', 'two'])
  })

  test('an actor that fails opens it again, with all it had done', async () => {
    await using system = await start({ threads: 1 })
    const [planner] = await planners(system, [1])
    await planner!.ask.add(['one'])
    await assert.rejects(planner!.ask.boom())
    assert.deepEqual(await planner!.ask.tasks(), ['one'])
  })
})

describe('memory', () => {
  test('a document that nobody uses is unloaded, and loaded again with all that was in it', async () => {
    const dataDir = await newFolder()
    const limits = { unloadMs: 50 }
    await using system = await start({ dataDir, threads: 1, services: [replicas({ limits })] })
    const plan = await openPlan(system)
    await plan.change((draft) => draft.tasks.push({ id: 'kept', owner: null }))
    plan.close()
    await until('it is unloaded', async () => (await openCounts(system)) === 0)
    const again = await openPlan(system)
    assert.equal(again.view().tasks.length, 1)
  })

  test('documents in use are not unloaded; when they fill the budget, no more can be opened', async () => {
    await using system = await start({
      services: [replicas({ storage: 'volatile', limits: { memoryMb: 1 } })],
    })
    const plan = await openPlan(system)
    await plan.change((draft) => {
      for (let i = 0; i < 20_000; i++) draft.owners[`task-${i}`] = 'somebody'
    })
    await assert.rejects(openPlan(system, 'next'), { code: 'MEMORY_BUDGET' })
    plan.close()
    const next = await openPlan(system, 'next')
    assert.deepEqual(next.view(), EMPTY)
  })
})

async function openCounts(system: ActorSystem): Promise<number> {
  const keeper = (await system.lookup('/system/replicas/keeper')) as ActorRef | undefined
  return (keeper as unknown as { ask: { openDocuments(): Promise<number> } }).ask.openDocuments()
}
