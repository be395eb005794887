/**
 * Promise 3: a mailbox is bounded, refuses the new, counts and dead-letters it with a reason; a message of
 * the runtime's own is never dropped.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MailboxFullError } from '../../runtime/index.ts'
import { Counter, Gate, Narrow, Recorder } from '../actors-under-test/basics.ts'
import { Worker } from '../actors-under-test/supervised.ts'
import { collect, PLACES, startSystem } from '../support/systems.ts'
import { errorOf, hasEnded, until } from '../support/until.ts'

for (const { place, threads } of PLACES) {
  test(`a full mailbox ${place} refuses the new message and says so`, async () => {
    await using system = await startSystem({ threads })
    const letters = collect(system, 'deadLetter')
    const recorder = await system.spawn(Recorder, { name: 'full', mailbox: { size: 2 } })
    const gate = await system.spawn(Gate)
    const held = recorder.ask.holdUntilOpen(gate)
    await until('it holds', async () =>
      (await system.inspect()).some(({ path, turns }) => path === '/user/full' && turns > 0),
    )
    for (const n of [1, 2, 3, 4]) recorder.tell.hear(n)
    const error = await errorOf(recorder.ask.hear(5))
    assert.ok(error instanceof MailboxFullError)
    assert.deepEqual(
      [error.code, error.target, error.method, error.mayHaveRun],
      ['MAILBOX_FULL', '/user/full', 'hear', false],
    )
    gate.tell.open()
    await held
    assert.deepEqual(await recorder.ask.heard(), [1, 2])
    await until('all three are told', () => letters.length === 3)
    assert.deepEqual(letters, Array(3).fill({ to: '/user/full', method: 'hear', reason: 'mailbox-full' }))
    const { pools } = await system.control.metrics()
    assert.equal(
      pools.reduce((sum, pool) => sum + pool.deadLetters, 0),
      3,
    )
  })

  test(`a full mailbox ${place} that drops the oldest keeps the newest`, async () => {
    await using system = await startSystem({ threads })
    const recorder = await system.spawn(Recorder, {
      name: 'full',
      mailbox: { size: 2, overflow: 'drop-oldest' },
    })
    const gate = await system.spawn(Gate)
    const held = recorder.ask.holdUntilOpen(gate)
    await until('it holds', async () =>
      (await system.inspect()).some(({ path, turns }) => path === '/user/full' && turns > 0),
    )
    const dropped = errorOf(recorder.ask.hear(0))
    for (const n of [1, 2, 3, 4]) recorder.tell.hear(n)
    assert.ok((await dropped) instanceof MailboxFullError)
    gate.tell.open()
    await held
    assert.deepEqual(await recorder.ask.heard(), [3, 4])
  })

  test(`a full mailbox ${place} that parks its senders loses nothing`, async () => {
    await using system = await startSystem({ threads })
    const recorder = await system.spawn(Recorder, { mailbox: { size: 2, overflow: 'park' } })
    const held = recorder.ask.hold(100)
    for (let n = 0; n < 50; n++) recorder.tell.hear(n)
    await held
    assert.deepEqual(
      await recorder.ask.heard(),
      Array.from({ length: 50 }, (_, n) => n),
    )
  })

  test(`an offer to an actor ${place} is fulfilled once there is room`, async () => {
    await using system = await startSystem({ threads })
    const recorder = await system.spawn(Recorder, { mailbox: { size: 1 } })
    const gate = await system.spawn(Gate)
    const held = recorder.ask.holdUntilOpen(gate)
    await until('it holds', async () =>
      (await system.inspect()).some(({ type, turns }) => type === 'Recorder' && turns > 0),
    )
    await recorder.offer.hear(1)
    const second = recorder.offer.hear(2)
    assert.equal(await hasEnded(second), false)
    gate.tell.open()
    await held
    await second
    await until('both are heard', async () => (await recorder.ask.heard()).length === 2)
  })

  test(`an offer to an actor ${place} that stops is told that it is gone`, async () => {
    await using system = await startSystem({ threads, limits: { shutdownMs: 50 } })
    const recorder = await system.spawn(Recorder, { mailbox: { size: 1 } })
    recorder.tell.hold(5_000)
    await until('it holds', async () =>
      (await system.inspect()).some(({ type, turns }) => type === 'Recorder' && turns > 0),
    )
    await recorder.offer.hear(1)
    const second = errorOf(recorder.offer.hear(2))
    await system.stop(recorder)
    assert.equal((await second).code, 'ACTOR_GONE')
  })
}

test('a class may set the bound of its mailboxes, and a spawn another', async () => {
  await using system = await startSystem()
  for (const [mailbox, room] of [
    [undefined, 2],
    [{ size: 3 }, 3],
  ] as const) {
    const narrow = await system.spawn(Narrow, { mailbox })
    const held = narrow.ask.hold(50)
    await new Promise(setImmediate)
    for (let n = 0; n < 5; n++) narrow.tell.hear(n)
    await held
    assert.equal((await narrow.ask.heard()).length, room)
  }
})

test('no more senders are parked than limits.parkedSenders', async () => {
  await using system = await startSystem({ limits: { parkedSenders: 2 } })
  const recorder = await system.spawn(Recorder, { mailbox: { size: 1, overflow: 'park' } })
  const held = recorder.ask.hold(50)
  await new Promise(setImmediate)
  const offers = [1, 2, 3, 4].map((n) => recorder.offer.hear(n))
  assert.ok((await errorOf(offers[3]!)) instanceof MailboxFullError)
  await held
  await Promise.all(offers.slice(0, 3))
  assert.deepEqual(await recorder.ask.heard(), [1, 2, 3])
})

test('the exit of a watched actor comes also into a full mailbox', async () => {
  await using system = await startSystem()
  const [log, counter] = [await system.spawn(Recorder), await system.spawn(Counter)]
  const watcher = await system.spawn(Worker, { mailbox: { size: 1 } })
  await watcher.ask.watch(counter, log)
  const working = watcher.ask.work(60)
  await new Promise(setImmediate)
  for (let i = 0; i < 5; i++) watcher.tell.next()
  await system.stop(counter)
  await working
  await until('the exit is told', async () => (await log.ask.heard()).length === 1)
})

test('dead letters are kept up to limits.deadLetters, the newest', async () => {
  await using system = await startSystem({ limits: { deadLetters: 3 } })
  const counter = await system.spawn(Counter, { name: 'counter' })
  await system.stop(counter)
  for (let n = 0; n < 2; n++) counter.tell.add(n)
  for (let n = 0; n < 3; n++) counter.tell.boom()
  const letters = system.control.deadLetters()
  assert.deepEqual(
    letters.map(({ to, method, reason }) => [to, method, reason]),
    Array(3).fill(['/user/counter', 'boom', 'gone']),
  )
  assert.ok(letters.every(({ at, detail }) => at > 0 && /has stopped/.test(detail ?? '')))
})
