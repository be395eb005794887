import assert from 'node:assert/strict'
import { test } from 'node:test'
import { child, type SystemMetrics, supervisor, type TraceEvent } from '../../../runtime/index.ts'
import { Counter, Recorder, Sender } from '../../actors-under-test/basics.ts'
import { Worker } from '../../actors-under-test/supervised.ts'
import { collect, startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

test('inspect shows all actors of all threads, parents before their children', async () => {
  await using system = await startSystem({ threads: 1 })
  const worker = await system.spawn(Worker, { name: 'worker' })
  await worker.ask.spawnChild('child')
  await errorOf(worker.ask.boom())
  await worker.ask.next()
  await worker.ask.spawnChild('child')
  const actors = await system.inspect()
  assert.deepEqual(
    actors.map(({ path, type, thread, state, restarts }) => [path, type, thread, state, restarts]),
    [
      ['/system', 'guardian', 0, 'running', 0],
      ['/user', 'guardian', 0, 'running', 0],
      ['/user/worker', 'Worker', 1, 'running', 1],
      ['/user/worker/child', 'Worker', 1, 'running', 0],
    ],
  )
  assert.equal(actors[2]!.turns, 4)
})

test('a thread that does not answer is shown by what it left in shared memory', async () => {
  await using system = await startSystem({ threads: 1, limits: { stallMs: 60_000 } })
  const worker = await system.spawn(Worker, { name: 'worker' })
  await worker.ask.next()
  worker.tell.blockFor(5_000)
  // What is asked before it blocks is answered still.
  await until('it does not answer', async () => {
    const { threads } = await system.control.metrics()
    return threads.find(({ thread }) => thread === 1)!.answers === false
  })
  const actors = await system.inspect()
  assert.deepEqual(
    actors.filter(({ thread }) => thread === 1).map(({ path, type, state }) => [path, type, state]),
    [['/user/worker', 'Worker', 'restarting']],
  )
})

test('each thread and pool counts what it does', async () => {
  await using system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
  const [sender, recorder] = [await system.spawn(Sender), await system.spawn(Recorder, { pool: 'far' })]
  const counter = await system.spawn(Counter)
  await sender.ask.tellMany(recorder, 0, 300)
  await until('all have arrived', async () => (await recorder.ask.heard()).length === 300)
  await errorOf(counter.ask.boom())
  await counter.ask.total()
  const metrics: SystemMetrics = await system.control.metrics()
  const pool = (name: string) => metrics.pools.find((one) => one.pool === name)!
  assert.deepEqual(
    metrics.pools.map(({ pool: name, threads }) => [name, threads]),
    [
      ['control', 1],
      ['default', 1],
      ['far', 1],
    ],
  )
  assert.ok(pool('far').messages >= 300 && pool('far').turns >= 300)
  assert.ok(pool('default').sentAcross >= 300)
  assert.equal(pool('far').actors, 1)
  assert.ok(pool('far').queueWait.samples > 0 && pool('far').queueWait.maxUs >= 0)
  assert.equal(
    metrics.pools.reduce((sum, one) => sum + one.restarts, 0),
    1,
  )
  assert.ok(
    metrics.rssBytes > 0 && metrics.at > 0 && metrics.threads.every(({ utilization }) => utilization >= 0),
  )
})

test('what passes an actor is traced, and nothing of others', async () => {
  await using system = await startSystem({ threads: 1 })
  const events: TraceEvent[] = []
  const [counter, other] = [await system.spawn(Counter, { name: 'counter' }), await system.spawn(Counter)]
  const sender = await system.spawn(Sender, { name: 'sender' })
  const end = await system.control.trace('/user/counter', (event) => void events.push(event))
  const endToo = await system.control.trace('/user/sender', (event) => void events.push(event))
  await sender.ask.ask(counter, 3)
  await other.ask.add(1)
  await errorOf(counter.ask.boom('no luck'))
  const show = ({ path, kind, method, peer, args, error }: TraceEvent) =>
    [path, kind, method, peer, args, error].join(' ').trim()
  await until('all is traced', () => events.length >= 7)
  await Promise.all([end(), endToo()])
  await counter.ask.add(1)
  assert.deepEqual(events.filter(({ path }) => path === '/user/counter').map(show), [
    '/user/counter received add /user/sender 3',
    '/user/counter handled add /user/sender 3',
    "/user/counter received boom  'no luck'",
    "/user/counter failed boom  'no luck' no luck",
  ])
  assert.deepEqual(
    events
      .filter(({ path }) => path === '/user/sender')
      .map(({ kind, method, peer }) => [kind, method, peer]),
    [
      ['received', 'ask', undefined],
      ['sent', 'add', '/user/counter'],
      ['handled', 'ask', undefined],
    ],
  )
  assert.ok(events.filter(({ kind }) => kind === 'handled').every(({ ms }) => ms! >= 0))
  assert.match(
    (await errorOf(system.control.trace('/user/nobody', () => undefined))).message,
    /there is no actor/,
  )
})

test('traces and exits go on after a thread was replaced', async () => {
  await using system = await startSystem({ threads: 1 })
  const exits = collect(system, 'exit')
  const events: TraceEvent[] = []
  const worker = await system.spawn(Worker, { name: 'worker' })
  await system.control.trace('/user/worker', (event) => void events.push(event))
  await errorOf(worker.ask.exitProcess())
  await until('it is traced', async () => {
    await worker.within(10_000).ask.next()
    return events.some(({ method, kind }) => method === 'next' && kind === 'handled')
  })
  const child = await worker.ask.spawnChild('child')
  await worker.ask.stop(child)
  await until('the exit is told', () => exits.some(({ path }) => path === '/user/worker/child'))
})

test('every exit is told, with its kind', async () => {
  await using system = await startSystem({ threads: 1 })
  const exits = collect(system, 'exit')
  const [stopped, failed] = [
    await system.spawn(Counter, { name: 'stopped' }),
    await system.spawn(Counter, { name: 'failed', restart: 'temporary' }),
  ]
  await system.stop(stopped)
  await errorOf(failed.ask.boom('why'))
  await until('both are told', () => exits.length >= 2)
  assert.deepEqual(
    exits.map(({ kind, path, error }) => [kind, path, error?.message]),
    [
      ['stopped', '/user/stopped', undefined],
      ['failed', '/user/failed', 'why'],
    ],
  )
})

test('a system says what it is', async () => {
  await using system = await startSystem({ name: 'shop', threads: 1, pools: { gpu: { threads: 2 } } })
  const { name, pid, version, node, startedAt, threads } = system.control.describe()
  assert.deepEqual([name, pid, node], ['shop', process.pid, process.version])
  assert.match(version, /^\d+\.\d+\.\d+/)
  assert.ok(startedAt > 0)
  assert.deepEqual(threads, [
    { thread: 0, pool: 'control' },
    { thread: 1, pool: 'default' },
    { thread: 2, pool: 'gpu' },
    { thread: 3, pool: 'gpu' },
  ])
})

test('a listener that throws disturbs no other, and one that has ended hears nothing', async () => {
  await using system = await startSystem()
  const heard: string[] = []
  system.on('restart', () => {
    throw new Error('a bad listener')
  })
  const end = system.on('restart', ({ path }) => void heard.push(path))
  const counter = await system.spawn(Counter, { name: 'counter' })
  await errorOf(counter.ask.boom())
  await counter.ask.total()
  end()
  await errorOf(counter.ask.boom())
  await counter.ask.total()
  assert.deepEqual(heard, ['/user/counter'])
})

test('actors of services answer questions, and nobody else does', async () => {
  const service = { name: 'desk', supervisor: supervisor({ children: { counter: child(Counter) } }) }
  await using system = await startSystem({ threads: 1, services: [service] })
  const ask = (path: string, method: string) => system.control.ask(path, method)
  assert.equal(await ask('/system/desk/counter', 'total'), 0)
  await system.spawn(Counter, { name: 'counter' })
  await assert.rejects(ask('/user/counter', 'total'), { code: 'NOT_A_SERVICE' })
  await assert.rejects(ask('/system', 'total'), { code: 'NOT_A_SERVICE' })
  await assert.rejects(ask('/system/desk/none', 'total'), { code: 'ACTOR_GONE' })
  await assert.rejects(ask('/system/desk/counter', 'toString'), {
    code: 'UNKNOWN_HANDLER',
    message: /Counter at \/system\/desk\/counter has no handler "toString"; it has: .*total/,
  })
  await assert.rejects(ask('/system/desk/counter', 'boom'), { message: 'boom' })
})
