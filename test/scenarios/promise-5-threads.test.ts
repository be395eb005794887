/**
 * Promise 5: a handler that blocks its thread, a heap that is full and a thread that ends otherwise are
 * found; the thread's actors go on on another, and asks to them end.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { child, supervisor, ThreadLostError } from '../../runtime/index.ts'
import { Counter, Recorder } from '../actors-under-test/basics.ts'
import { BlockingStart, Worker } from '../actors-under-test/supervised.ts'
import { collect, startSystem } from '../support/systems.ts'
import { errorOf, until } from '../support/until.ts'

test('a handler that blocks its thread is found and named, and all actors of the thread go on on another', async () => {
  await using system = await startSystem({ threads: 1 })
  const [stalls, losses] = [collect(system, 'stall'), collect(system, 'threadLost')]
  const restarts = collect(system, 'restart')
  const blocker = await system.spawn(Worker, { name: 'blocker' })
  const neighbour = await system.spawn(Counter, { name: 'neighbour', args: [3] })
  const [blocked, waiting] = await Promise.all([errorOf(blocker.ask.block()), errorOf(neighbour.ask.add(1))])
  assert.ok(blocked instanceof ThreadLostError && waiting instanceof ThreadLostError)
  assert.equal(await neighbour.ask.add(1), 4)
  assert.equal(await blocker.ask.next(), 1)
  assert.deepEqual(
    stalls.map(({ path, method, thread }) => [path, method, thread]),
    [['/user/blocker', 'block', 1]],
  )
  assert.ok(stalls[0]!.ms >= 300)
  assert.deepEqual(
    losses.map(({ thread, actors }) => [thread, actors.sort()]),
    [[1, ['/user/blocker', '/user/neighbour']]],
  )
  assert.match(losses[0]!.reason, /\/user\/blocker\.block blocked it for/)
  const kinds = Object.fromEntries(restarts.map(({ path, exit }) => [path, exit.kind]))
  assert.deepEqual(kinds, { '/user/blocker': 'stalled', '/user/neighbour': 'thread-lost' })
  const { threads, threadsLost } = await system.control.metrics()
  assert.equal(threadsLost, 1)
  assert.equal(threads.find(({ thread }) => thread === 1)!.stalls, 1)
})

test('a handler that blocks its thread after an await is found too', async () => {
  await using system = await startSystem({ threads: 1 })
  const stalls = collect(system, 'stall')
  const blocker = await system.spawn(Worker, { name: 'blocker' })
  assert.ok((await errorOf(blocker.ask.blockLater())) instanceof ThreadLostError)
  assert.equal(await blocker.ask.next(), 1)
  assert.match(stalls[0]!.method, /^blockLater/)
})

test('a handler that takes long but less than the limit is left alone', async () => {
  await using system = await startSystem({ threads: 1, limits: { stallMs: 1_000 } })
  const stalls = collect(system, 'stall')
  const worker = await system.spawn(Worker)
  await worker.ask.blockFor(300)
  assert.deepEqual(stalls, [])
})

test('a pool may have more patience than the others, or less', async () => {
  await using system = await startSystem({
    threads: 1,
    pools: { patient: { threads: 1, stallMs: 60_000 }, strict: { threads: 1, stallMs: 500 } },
    limits: { stallMs: 5_000 },
  })
  const stalls = collect(system, 'stall')
  const patient = await system.spawn(Worker, { pool: 'patient' })
  const strict = await system.spawn(Worker, { pool: 'strict' })
  const computed = patient.within(20_000).ask.blockFor(1_500)
  assert.ok((await errorOf(strict.within(20_000).ask.blockFor(4_000))) instanceof ThreadLostError)
  await computed
  assert.deepEqual(
    stalls.map(({ path }) => path),
    [strict.path],
  )
})

test('a thread whose heap is full is replaced', async () => {
  await using system = await startSystem({
    threads: 1,
    pools: { small: { threads: 1, maxHeapMb: 24 } },
    limits: { stallMs: 5_000 },
  })
  const losses = collect(system, 'threadLost')
  const worker = await system.spawn(Worker, { pool: 'small' })
  const other = await system.spawn(Counter)
  await other.ask.add(1)
  assert.ok((await errorOf(worker.within(20_000).ask.fillHeap())) instanceof ThreadLostError)
  assert.equal(await worker.within(10_000).ask.next(), 1)
  assert.deepEqual(
    losses.map(({ reason }) => reason),
    ['its heap was full'],
  )
  assert.equal(await other.ask.add(1), 2, 'the other pool has not noticed')
})

test('a thread that an actor ends is replaced', async () => {
  await using system = await startSystem({ threads: 1 })
  const worker = await system.spawn(Worker)
  assert.ok((await errorOf(worker.ask.exitProcess())) instanceof ThreadLostError)
  assert.equal(await worker.ask.next(), 1)
})

for (const method of ['throwUncaught', 'floatRejection'] as const)
  test(`an error that nobody catches (${method}) fails the actor that caused it and no other`, async () => {
    await using system = await startSystem({ threads: 1 })
    const [restarts, losses] = [collect(system, 'restart'), collect(system, 'threadLost')]
    const worker = await system.spawn(Worker, { name: 'worker' })
    const neighbour = await system.spawn(Counter)
    await neighbour.ask.add(1)
    await worker.ask[method]()
    await until('it is restarted', () => restarts.length > 0)
    assert.deepEqual(
      restarts.map(({ path }) => path),
      ['/user/worker'],
    )
    assert.equal(await worker.ask.next(), 1)
    assert.equal(await neighbour.ask.add(1), 2)
    assert.deepEqual(losses, [])
  })

test('messages sent while a thread is being replaced arrive, from actors and from outside', async () => {
  await using system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
  const worker = await system.spawn(Worker)
  const recorder = await system.spawn(Recorder)
  const teller = await system.spawn(Recorder, { pool: 'far' })
  const lost = new Promise<void>((resolve) => void system.on('threadLost', () => resolve()))
  worker.tell.exitProcess()
  await lost
  for (let n = 0; n < 100; n++) recorder.tell.hear(n)
  await teller.ask.heard()
  assert.equal(await worker.within(10_000).ask.next(), 1)
  assert.deepEqual(
    await recorder.ask.heard(),
    Array.from({ length: 100 }, (_, n) => n),
  )
})

test('no more messages are held for a thread that is being replaced than limits.heldMessages', async () => {
  await using system = await startSystem({ threads: 1, limits: { heldMessages: 20 } })
  const [worker, recorder] = [await system.spawn(Worker), await system.spawn(Recorder)]
  const lost = new Promise<void>((resolve) => void system.on('threadLost', () => resolve()))
  worker.tell.exitProcess()
  await lost
  for (let n = 0; n < 50; n++) recorder.tell.hear(n)
  const refused = await errorOf(recorder.ask.hear('one more'))
  assert.equal(refused.code, 'MAILBOX_FULL')
  await recorder.offer.hear('an offer waits')
  const heard = (await recorder.within(10_000).ask.heard()) as unknown[]
  assert.equal(heard.at(-1), 'an offer waits')
  assert.ok(heard.length < 50)
  const letters = system.control.deadLetters().filter(({ reason }) => reason === 'mailbox-full')
  assert.equal(letters.length, 52 - heard.length)
})

test('supervisors survive the threads of their children, and one lost thread counts as one failure', async () => {
  await using system = await startSystem({ threads: 1 })
  const Team = supervisor({
    intensity: { restarts: 1, withinMs: 60_000 },
    children: { a: child(Worker), b: child(Worker), c: child(Counter, [5]) },
  })
  const team = await system.spawn(Team, { name: 'team' })
  const restarts = collect(system, 'restart')
  await errorOf((await team.child('a')).ask.exitProcess())
  assert.equal(await (await team.child('c')).within(10_000).ask.add(1), 6)
  assert.equal(await (await team.child('b')).ask.next(), 1)
  assert.deepEqual(restarts.map(({ path }) => path).sort(), ['/user/team/a', '/user/team/b', '/user/team/c'])
})

test('children of an actor are lost with their thread and made anew by their parent', async () => {
  await using system = await startSystem({ threads: 1 })
  const log = await system.spawn(Recorder)
  const parent = await system.spawn(Worker, { name: 'parent' })
  await parent.ask.spawnChild('child')
  await errorOf(parent.ask.exitProcess())
  const again = await parent.within(10_000).ask.spawnChild('child', log)
  assert.equal(again.path, '/user/parent/child')
  assert.equal(await again.ask.next(), 1)
})

test('an actor that is lost with its thread too often is given up', async () => {
  await using system = await startSystem({ threads: 1 })
  const Team = supervisor({
    intensity: { restarts: 1, withinMs: 60_000 },
    children: { worker: child(Worker) },
  })
  const team = await system.spawn(Team, { restart: 'temporary' })
  const gone = new Promise<string>((resolve) => void system.watch(team, ({ kind }) => resolve(kind)))
  const worker = await team.child('worker')
  await errorOf(worker.ask.exitProcess())
  await until('it is back', () => worker.ask.next().catch(() => undefined))
  await errorOf(worker.ask.exitProcess())
  assert.equal(await gone, 'thread-lost')
})

test('a thread that blocks in the start of an actor is found', async () => {
  await using system = await startSystem({ threads: 1 })
  const stalls = collect(system, 'stall')
  const worker = await system.spawn(Worker)
  await worker.ask.next()
  assert.ok((await errorOf(system.spawn(BlockingStart, { name: 'blocking' }))) instanceof ThreadLostError)
  assert.equal(await worker.within(10_000).ask.next(), 1)
  assert.deepEqual(
    stalls.map(({ path, method }) => [path, method]),
    [['/user/blocking', 'onStart']],
  )
})
