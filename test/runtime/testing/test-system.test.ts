/** Virtual time, probes and faults of a test system. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SystemEvents, ThreadLostError } from '../../../runtime/index.ts'
import { NothingComesError, RestlessError, TestSystem } from '../../../runtime/testing/index.ts'
import { Relay, Restless, Ticker, Worker } from './actors.ts'

const modules = [import.meta.resolve('./actors.ts')]

test('time stands still until it is moved', async () => {
  await using system = await TestSystem.start()
  const ticker = await system.spawn(Ticker)
  const awake = ticker.ask.asleep(3_000)
  await system.settle()
  assert.equal(system.now(), 0)
  await system.advance(3_000)
  assert.equal(await awake, 'awake')
  assert.equal(system.now(), 3_000)
})

test('timers fire in the order of their times, and equal ones in the order in which they were set', async () => {
  await using system = await TestSystem.start({ modules, threads: 2 })
  const ticker = await system.spawn(Ticker)
  const probe = await system.probe()
  ticker.tell.start(probe.ref)
  await system.advance(60)
  const ticks = probe.messages.map(({ args, at }) => [at, args[0]])
  assert.deepEqual(ticks, [
    [10, '10, first'],
    [10, '10, second'],
    [25, 'every 25'],
    [30, '30'],
    [50, 'every 25'],
  ])
})

test('an ask without an answer ends at its deadline of virtual time', async () => {
  await using system = await TestSystem.start()
  const ticker = await system.spawn(Ticker)
  const late = assert.rejects(ticker.within(200).ask.asleep(1_000), { code: 'ASK_TIMEOUT', mayHaveRun: true })
  await system.advance(1_000)
  await late
})

test('actors that never rest end the wait with an error', async () => {
  await using system = await TestSystem.start()
  const [one, other] = [await system.spawn(Restless), await system.spawn(Restless)]
  one.tell.hit(other)
  await assert.rejects(system.settle(), RestlessError)
})

test('a probe takes every message and says who sent it', async () => {
  await using system = await TestSystem.start({ modules, threads: 1 })
  const probe = await system.probe('ear')
  const relay = await system.spawn(Relay, { name: 'relay' })
  assert.equal(probe.ref.path, '/user/ear')
  relay.tell.pass(probe.ref, 'hello')
  const message = await probe.expect('heard', '/user/relay', 'hello')
  assert.ok(message.sender?.equals(relay))
  probe.ref.tell.anything(1)
  probe.ref.tell.more()
  assert.deepEqual((await probe.next()).args, [1])
  assert.equal((await probe.next()).method, 'more')
  assert.deepEqual(
    probe.messages.map(({ method }) => method),
    ['heard', 'anything', 'more'],
  )
})

test('a probe that is told nothing more says so at once', async () => {
  await using system = await TestSystem.start()
  const probe = await system.probe()
  await assert.rejects(probe.next(), NothingComesError)
  probe.ref.tell.one()
  await assert.rejects(probe.expect('two'), assert.AssertionError)
})

test('a probe answers as it is told', async () => {
  await using system = await TestSystem.start()
  const probe = await system.probe<Worker>()
  assert.equal(await probe.ref.ask.work('nothing'), undefined)
  probe.answer('work', (id: string) => `done ${id}`)
  assert.equal(await probe.ref.ask.work('a'), 'done a')
  await probe.ref.offer.work('b')
  assert.equal(await probe.ref.within(10).ask.work('c'), 'done c')
  const letters = await system.probe()
  letters.answer('letters', () => ['x', 'y'])
  const read: unknown[] = []
  for await (const letter of letters.ref.stream.letters()) read.push(letter)
  assert.deepEqual(read, ['x', 'y'])
})

test('an actor that is crashed is restarted by its supervisor', async () => {
  for (const threads of [0, 1]) {
    await using system = await TestSystem.start({ modules, threads })
    const restarts: string[] = []
    system.on('restart', ({ path, exit }) => restarts.push(`${path} ${exit.kind} ${exit.error?.message}`))
    const worker = await system.spawn(Worker, { name: 'worker' })
    assert.equal(await system.crash(worker, new Error('a test')), true)
    assert.deepEqual(restarts, ['/user/worker failed a test'])
    assert.equal(await worker.ask.work('again'), 'again')
    await system.stop(worker)
    assert.equal(await system.crash(worker), false)
  }
})

test('a turn that blocks its thread is found after the stall limit, and its asker is told', async () => {
  await using system = await TestSystem.start({
    modules,
    threads: 1,
    limits: { stallMs: 1_000, askTimeoutMs: 9_000 },
  })
  const stalls: SystemEvents['stall'][] = []
  system.on('stall', (stall) => stalls.push(stall))
  const worker = await system.spawn(Worker, { name: 'worker' })
  await system.stall(worker)
  const lost = assert.rejects(worker.ask.work('x'), ThreadLostError)
  await system.advance(990)
  assert.equal(stalls.length, 0)
  await system.advance(150)
  await lost
  assert.equal(stalls.length, 1)
  const [stall] = stalls
  assert.deepEqual([stall?.path, stall?.method, stall?.thread], ['/user/worker', 'work', 1])
  assert.equal(await worker.ask.work('y'), 'y')
})

test('an actor of the starting thread can not be stalled, for want of a watchdog', async () => {
  await using system = await TestSystem.start()
  const worker = await system.spawn(Worker)
  await assert.rejects(system.stall(worker), { code: 'INVALID_OPTION' })
  await assert.rejects(system.loseThread(0), { code: 'INVALID_OPTION' })
})

test('actors of a lost thread come back on its successor', async () => {
  await using system = await TestSystem.start({ modules, threads: 2 })
  const losses: unknown[] = []
  system.on('threadLost', ({ thread, reason, actors }) => losses.push({ thread, reason, actors }))
  const worker = await system.spawn(Worker, { name: 'worker' })
  const [info] = (await system.inspect()).filter(({ path }) => path === '/user/worker')
  const thread = info?.thread as number
  await system.loseThread(thread, 'a full heap')
  assert.deepEqual(losses, [{ thread, reason: 'a full heap', actors: ['/user/worker'] }])
  assert.equal(await worker.ask.work('z'), 'z')
})

test('what can not cross threads can not cross simulated ones', async () => {
  await using system = await TestSystem.start({ modules, threads: 1 })
  const worker = await system.spawn(Worker)
  const loose = worker as unknown as { ask: { work(value: unknown): Promise<unknown> } }
  await assert.rejects(loose.ask.work(new Proxy({}, {})), { code: 'NOT_SENDABLE' })
  const sent = { list: [1] }
  assert.notEqual(await loose.ask.work(sent), sent)
})

test('the trace tells every message and every end', async () => {
  await using system = await TestSystem.start({ modules, threads: 1 })
  const worker = await system.spawn(Worker, { name: 'worker' })
  const from = system.trace.length
  await worker.ask.work('x')
  await system.crash(worker, new Error('a test'))
  await system.loseThread(1, 'a loss')
  await system.stop(worker)
  worker.tell.work('late')
  await system.settle()
  const told = system.trace
    .slice(from)
    .map(({ kind, path, method, detail }) => [kind, path, method ?? detail].join(' '))
  assert.deepEqual(told, [
    'sent  work',
    'received /user/worker work',
    'handled /user/worker work',
    'restart /user/worker failed (1): a test',
    'restart /user/worker thread-lost (2): thread 1 was lost: a loss',
    'thread-lost  a loss',
    'exit /user/worker stopped',
    'sent  work',
    'dead-letter /user/worker work',
  ])
})
