/**
 * Promise 4: a handler that throws fails its actor, whose supervisor restarts it with the rest of its queue;
 * intensity and backoff bound restarts, beyond them the failure escalates, siblings don't notice; a message
 * that failed is run again only where the class says so, and is set aside as poisoned in the end.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ActorGoneError, child, Refused, supervisor } from '../../runtime/index.ts'
import { Counter, Recorder, Thrower } from '../actors-under-test/basics.ts'
import { Redelivering, Stubborn, Worker } from '../actors-under-test/supervised.ts'
import { collect, exitsOf, PLACES, startSystem } from '../support/systems.ts'
import { errorOf, until } from '../support/until.ts'

for (const { place, threads } of PLACES) {
  test(`an actor ${place} that fails is restarted with the rest of its queue`, async () => {
    await using system = await startSystem({ threads })
    const restarts = collect(system, 'restart')
    const counter = await system.spawn(Counter, { name: 'counter', args: [10] })
    await counter.ask.add(5)
    const failed = errorOf(counter.ask.boom('no luck'))
    const queued = [counter.ask.add(1), counter.ask.add(1)]
    assert.equal((await failed).message, 'no luck')
    assert.deepEqual(await Promise.all(queued), [11, 12])
    const [restart] = await until('the restart is told', () => restarts.length > 0 && restarts)
    assert.deepEqual(
      [restart!.path, restart!.type, restart!.exit.kind, restart!.exit.error?.message, restart!.count],
      ['/user/counter', 'Counter', 'failed', 'no luck', 1],
    )
  })

  test(`a handler ${place} that refuses leaves its actor as it is`, async () => {
    await using system = await startSystem({ threads })
    const restarts = collect(system, 'restart')
    const thrower = await system.spawn(Thrower)
    await thrower.ask.calls()
    assert.ok((await errorOf(thrower.ask.refuse())) instanceof Refused)
    assert.ok((await errorOf(thrower.ask.refuseLater())) instanceof Refused)
    thrower.tell.refuse()
    assert.equal(await thrower.ask.calls(), 2)
    assert.deepEqual(restarts, [])
  })

  test(`an actor ${place} that fails too often is given up by the root, and its siblings don't notice`, async () => {
    await using system = await startSystem({ threads })
    const [bad, good] = [await system.spawn(Counter, { name: 'bad' }), await system.spawn(Counter)]
    const exits = exitsOf(system, bad)
    await good.ask.add(7)
    for (let i = 0; i < 4; i++) await errorOf(bad.ask.boom(`number ${i}`))
    const [exit] = await until('it is gone', () => exits.length > 0 && exits)
    assert.deepEqual([exit!.kind, exit!.path, exit!.error?.message], ['failed', '/user/bad', 'number 3'])
    assert.ok((await errorOf(bad.ask.total())) instanceof ActorGoneError)
    assert.equal(await good.ask.total(), 7)
  })

  test(`a message to an actor ${place} that failed is not run again`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const worker = await system.spawn(Worker, { name: 'w', args: [log] })
    worker.tell.boom()
    await worker.ask.next()
    await until('both starts are told', async () => (await log.ask.heard()).length === 3)
    assert.deepEqual(await log.ask.heard(), ['start w', 'stop w failed', 'start w'])
    assert.deepEqual(
      system.control.deadLetters().map(({ to, method, reason, detail }) => [to, method, reason, detail]),
      [['/user/w', 'boom', 'failed', 'boom']],
    )
  })

  test(`a message to an actor ${place} that redelivers is run again, in its place, until it succeeds`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const taker = await system.spawn(Redelivering, { args: [log] })
    const [first, second] = await Promise.all([taker.ask.take('a', 3), taker.ask.take('b', 1)])
    assert.deepEqual([first, second], ['a at try 3', 'b at try 1'])
    assert.deepEqual(await log.ask.heard(), ['a', 'a', 'a', 'b'])
  })

  test(`a message to an actor ${place} that fails each time is set aside as poisoned, and the actor goes on`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const taker = await system.spawn(Redelivering, { name: 'taker', args: [log] })
    const error = await errorOf(taker.ask.take('a', 99))
    assert.equal(error.message, 'try 3 of a')
    assert.equal(await taker.ask.ping(), 'pong')
    const letters = await until('it is a dead letter', () => {
      const all = system.control.deadLetters()
      return all.length > 0 && all
    })
    assert.deepEqual(
      letters.map(({ to, method, reason }) => [to, method, reason]),
      [['/user/taker', 'take', 'poisoned']],
    )
  })

  test(`setting a message aside as poisoned ${place} costs no restart of the budget`, async () => {
    await using system = await startSystem({ threads })
    const stubborn = await system.spawn(Stubborn)
    assert.equal((await errorOf(stubborn.ask.fail())).message, 'always')
    assert.equal(await stubborn.ask.ping(), 'pong')
  })

  test(`a supervisor of actors ${place} whose children fail too often fails itself, up to the root`, async () => {
    await using system = await startSystem({ threads })
    const inner = supervisor({
      intensity: { restarts: 1, withinMs: 5_000 },
      children: { worker: child(Worker) },
    })
    const outer = supervisor({
      intensity: { restarts: 1, withinMs: 5_000 },
      children: { inner: child(inner) },
    })
    const bystander = await system.spawn(Counter)
    const top = await system.spawn(outer, { name: 'top', restart: 'temporary' })
    const exits = exitsOf(system, top)
    const worker = await (await top.child('inner')).child('worker')
    const restarts = collect(system, 'restart')
    for (let i = 0; i < 4; i++) assert.equal((await errorOf(worker.ask.boom())).message, 'boom')
    await until('the top is gone', () => exits.length > 0)
    assert.deepEqual(
      [exits[0]!.kind, exits[0]!.path, exits[0]!.error?.message],
      ['failed', '/user/top', 'boom'],
    )
    assert.deepEqual(
      restarts.map(({ path }) => path),
      ['/user/top/inner/worker', '/user/top/inner', '/user/top/inner/worker'],
    )
    assert.ok((await errorOf(worker.ask.next())) instanceof ActorGoneError)
    assert.equal(await bystander.ask.add(1), 1)
  })
}

test('a tell that fails a handler which has always answered at once fails its actor too', async () => {
  await using system = await startSystem()
  const counter = await system.spawn(Counter, { name: 'counter', restart: 'temporary' })
  const exits = exitsOf(system, counter)
  const others = await Promise.all(Array.from({ length: 40 }, () => system.spawn(Counter)))
  for (const other of others) for (let i = 0; i < 40; i++) other.tell.total()
  await Promise.all(others.map((other) => other.ask.total()))
  counter.tell.boom('no luck')
  await until('it is gone', () => exits.length > 0)
  assert.equal(exits[0]!.error?.message, 'no luck')
})

test('restarts wait for the backoff, and messages for the restart', async () => {
  await using system = await startSystem()
  const Team = supervisor({ backoffMs: [60, 60], children: { worker: child(Worker) } })
  const worker = await (await system.spawn(Team)).child('worker')
  await errorOf(worker.ask.boom())
  const [before] = (await system.inspect()).filter(({ type }) => type === 'Worker')
  assert.equal(before!.state, 'restarting')
  assert.equal(await worker.ask.next(), 1)
})
