/**
 * Promise 2: an ask ends in exactly one of reply, handler's own error, refused, actor gone, thread lost and
 * deadline; the error names target and method and says whether the handler may have run.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ActorGoneError,
  AskTimeoutError,
  NeuroplexError,
  Refused,
  SystemStoppedError,
  ThreadLostError,
} from '../../runtime/index.ts'
import { Asker, Counter, Recorder, Thrower } from '../actors-under-test/basics.ts'
import { BadStopper, Worker } from '../actors-under-test/supervised.ts'
import { PLACES, startSystem } from '../support/systems.ts'
import { errorOf, until } from '../support/until.ts'

for (const { place, threads } of PLACES) {
  test(`an ask of an actor ${place} ends with the result of its handler`, async () => {
    await using system = await startSystem({ threads })
    const counter = await system.spawn(Counter, { args: [40] })
    assert.equal(await counter.ask.add(2), 42)
  })

  test(`an ask of an actor ${place} ends with its handler's own error`, async () => {
    await using system = await startSystem({ threads })
    const counter = await system.spawn(Counter)
    const error = await errorOf(counter.ask.boom('no luck'))
    assert.deepEqual([error.name, error.message], ['Error', 'no luck'])
  })

  test(`an ask that an actor ${place} refuses ends with Refused`, async () => {
    await using system = await startSystem({ threads })
    const thrower = await system.spawn(Thrower)
    const error = await errorOf(thrower.ask.refuse())
    assert.ok(error instanceof Refused)
    assert.deepEqual([error.code, error.message], ['REFUSED', 'the account is closed'])
  })

  test(`an ask of an actor ${place} that has stopped ends at once, and was not run`, async () => {
    await using system = await startSystem({ threads })
    const counter = await system.spawn(Counter, { name: 'counter' })
    await system.stop(counter)
    const error = await errorOf(counter.ask.add(1))
    assert.ok(error instanceof ActorGoneError)
    assert.deepEqual(
      [error.code, error.target, error.method, error.mayHaveRun],
      ['ACTOR_GONE', '/user/counter', 'add', false],
    )
    assert.match(error.message, /\/user\/counter/)
  })

  test(`asks that wait in the mailbox of an actor ${place} end when it stops`, async () => {
    await using system = await startSystem({ threads, limits: { shutdownMs: 50 } })
    const recorder = await system.spawn(Recorder, { name: 'recorder' })
    recorder.tell.hold(5_000)
    const waiting = errorOf(recorder.ask.heard())
    await system.stop(recorder)
    const error = await waiting
    assert.ok(error instanceof ActorGoneError)
    assert.deepEqual([error.method, error.mayHaveRun], ['heard', false])
  })

  test(`an ask of an actor ${place} that gives no answer ends at its deadline and says what is known`, async () => {
    await using system = await startSystem({ threads })
    const asker = await system.spawn(Asker, { name: 'asker' })
    const running = await errorOf(asker.within(300).ask.never())
    assert.ok(running instanceof AskTimeoutError)
    assert.deepEqual(
      [running.code, running.target, running.method, running.mayHaveRun],
      ['ASK_TIMEOUT', '/user/asker', 'never', true],
    )
    assert.match(running.message, /\/user\/asker\.never gave no answer within 300 ms/)
    const waiting = await errorOf(asker.within(300).ask.never())
    assert.ok(waiting instanceof AskTimeoutError)
  })

  test(`an ask of an actor ${place} without a deadline of its own has the default one`, async () => {
    await using system = await startSystem({ threads, limits: { askTimeoutMs: 300 } })
    const asker = await system.spawn(Asker)
    assert.match((await errorOf(asker.ask.never())).message, /within 300 ms/)
  })

  test(`an ask of an actor ${place} under way when the system ends is told so`, async () => {
    const system = await startSystem({ threads, limits: { shutdownMs: 50, drainMs: 50 } })
    const stopper = await system.spawn(BadStopper, { name: 'stopper', args: ['throws'] })
    const asked = errorOf(stopper.ask.never())
    await until('it runs', async () =>
      (await system.inspect()).some(({ path, turns }) => path === '/user/stopper' && turns > 0),
    )
    await system.shutdown()
    const error = await asked
    assert.ok(
      error instanceof ActorGoneError ||
        error instanceof ThreadLostError ||
        error instanceof SystemStoppedError,
      String(error),
    )
    assert.equal(error.mayHaveRun, true)
  })

  test(`an ask of an actor ${place} whose handler is ended by force is told that the actor is gone`, async () => {
    await using system = await startSystem({ threads, limits: { shutdownMs: 50 } })
    const asker = await system.spawn(Asker, { name: 'asker' })
    const asked = errorOf(asker.within(60_000).ask.never())
    await until('it runs', async () =>
      (await system.inspect()).some(({ path, turns }) => path === '/user/asker' && turns > 0),
    )
    await system.stop(asker)
    const error = await asked
    assert.ok(error instanceof ActorGoneError, String(error))
    assert.deepEqual([error.target, error.method, error.mayHaveRun], ['/user/asker', 'never', true])
  })
}

test('an ask of a message that still waits when its deadline comes says that it was not run', async () => {
  await using system = await startSystem()
  const recorder = await system.spawn(Recorder)
  const held = recorder.ask.hold(300)
  const error = await errorOf(recorder.within(50).ask.hear('never'))
  assert.equal(error.mayHaveRun, false)
  await held
  assert.deepEqual(await recorder.ask.heard(), [])
})

test('an ask under way when its thread is lost ends with that', async () => {
  await using system = await startSystem({ threads: 1 })
  const worker = await system.spawn(Worker, { name: 'worker' })
  const error = await errorOf(worker.ask.exitProcess())
  assert.ok(error instanceof ThreadLostError)
  assert.deepEqual(
    [error.code, error.target, error.method, error.mayHaveRun],
    ['THREAD_LOST', '/user/worker', 'exitProcess', true],
  )
})

test('asks of children of an actor that are gone with their thread name whom they were for', async () => {
  await using system = await startSystem({ threads: 1 })
  const parent = await system.spawn(Worker, { name: 'parent' })
  const child = await parent.ask.spawnChild('child')
  await errorOf(parent.ask.exitProcess())
  await until('the parent is back', () => parent.ask.next().catch(() => undefined))
  const error = await errorOf(child.ask.next())
  assert.ok(error instanceof ActorGoneError)
  assert.deepEqual([error.target, error.method], ['/user/parent/child', 'next'])
  assert.match(error.message, /\/user\/parent\/child/)
})

for (const { place, threads } of PLACES)
  test(`a nested ask ${place} waits no longer than the ask that it is part of, and says so`, async () => {
    await using system = await startSystem({ threads })
    const [outer, inner, log] = [
      await system.spawn(Asker),
      await system.spawn(Asker),
      await system.spawn(Recorder),
    ]
    // Both deadlines pass at once; which of the two asks hears of it first is open.
    await outer
      .within(400)
      .ask.nested(inner, log)
      .catch(() => undefined)
    const [message] = await until('the inner ask has ended', async () => {
      const heard = (await log.ask.heard()) as string[]
      return heard.length > 0 && heard
    })
    const waited = Number(/within (\d+) ms/.exec(String(message))?.[1])
    assert.ok(waited <= 400, String(message))
  })

test('expired asks are dropped before they run, and counted', async () => {
  await using system = await startSystem({ threads: 1 })
  const recorder = await system.spawn(Recorder, { name: 'recorder' })
  const held = recorder.ask.hold(200)
  const errors = await Promise.all([1, 2, 3].map((n) => errorOf(recorder.within(20).ask.hear(n))))
  assert.ok(errors.every((error) => error instanceof NeuroplexError && error.code === 'ASK_TIMEOUT'))
  await held
  assert.deepEqual(await recorder.ask.heard(), [])
  const expired = () => system.control.deadLetters().filter(({ reason }) => reason === 'expired')
  await until('they are dead letters', () => expired().length === 3)
  assert.deepEqual(
    expired().map(({ to, method }) => [to, method]),
    Array(3).fill(['/user/recorder', 'hear']),
  )
})
