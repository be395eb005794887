/**
 * Promise 6: a watch fires exactly once, for an actor or a thread that is lost, also when that was before
 * the watch began.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exit } from '../../runtime/index.ts'
import { Counter, Recorder } from '../actors-under-test/basics.ts'
import { Worker } from '../actors-under-test/supervised.ts'
import { exitsOf, PLACES, startSystem } from '../support/systems.ts'
import { errorOf, until } from '../support/until.ts'

for (const { place, threads } of PLACES) {
  test(`a watch on an actor ${place} fires once when it stops`, async () => {
    await using system = await startSystem({ threads })
    const counter = await system.spawn(Counter, { name: 'counter' })
    const exits = exitsOf(system, counter)
    await system.stop(counter)
    await until('it has fired', () => exits.length > 0)
    assert.deepEqual(exits, [{ kind: 'stopped', path: '/user/counter' }])
    await system.stop(counter)
    assert.equal(exits.length, 1)
  })

  test(`a watch on an actor ${place} fires also where it has been gone before`, async () => {
    await using system = await startSystem({ threads })
    const counter = await system.spawn(Counter, { name: 'counter' })
    await system.stop(counter)
    const exits = exitsOf(system, counter)
    await until('it has fired', () => exits.length > 0)
    assert.deepEqual(
      exits.map(({ kind, path }) => [kind, path]),
      [['stopped', '/user/counter']],
    )
  })

  test(`a watch on an actor ${place} does not fire at a restart, and tells why it is gone in the end`, async () => {
    await using system = await startSystem({ threads })
    const counter = await system.spawn(Counter)
    const exits = exitsOf(system, counter)
    for (let i = 0; i < 3; i++) {
      await errorOf(counter.ask.boom())
      await counter.ask.total()
      assert.equal(exits.length, 0)
    }
    await errorOf(counter.ask.boom('the last'))
    await until('it has fired', () => exits.length > 0)
    assert.deepEqual([exits[0]!.kind, exits[0]!.error?.message], ['failed', 'the last'])
  })

  test(`an actor ${place} watches another, and its listener runs as its turn`, async () => {
    await using system = await startSystem({ threads, pools: { far: { threads: 1 } } })
    const [log, watcher] = [await system.spawn(Recorder), await system.spawn(Worker, { name: 'watcher' })]
    for (const pool of [undefined, 'far']) {
      const watched = await system.spawn(Counter, { name: `watched-${pool}`, pool })
      await watcher.ask.watch(watched, log)
      await system.stop(watched)
    }
    const told = await until('both are told', async () => {
      const heard = (await log.ask.heard()) as (Exit & { by: string })[]
      return heard.length >= 2 && heard
    })
    assert.deepEqual(told.map(({ kind, path, by }) => `${kind} ${path} ${by}`).sort(), [
      'stopped /user/watched-far /user/watcher',
      'stopped /user/watched-undefined /user/watcher',
    ])
  })

  test(`a watch that an actor ${place} has ended does not fire, nor one of an instance that is no more`, async () => {
    await using system = await startSystem({ threads, pools: { far: { threads: 1 } } })
    const [log, watcher] = [await system.spawn(Recorder), await system.spawn(Worker)]
    for (const pool of [undefined, 'far']) {
      const [first, second] = [await system.spawn(Counter, { pool }), await system.spawn(Counter, { pool })]
      await watcher.ask.watchAndUnwatch(first, log)
      await watcher.ask.watch(second, log)
      await errorOf(watcher.ask.boom())
      await watcher.ask.next()
      await Promise.all([system.stop(first), system.stop(second)])
    }
    await watcher.ask.next()
    assert.deepEqual(await log.ask.heard(), [])
  })
}

for (const { place, threads } of PLACES)
  test(`an actor ${place} is told of a neighbour that was gone before it watched`, async () => {
    await using system = await startSystem({ threads })
    const [log, watcher] = [await system.spawn(Recorder), await system.spawn(Worker)]
    const watched = await system.spawn(Counter, { name: 'watched' })
    await system.stop(watched)
    await watcher.ask.watch(watched, log)
    const [exit] = await until('it is told', async () => {
      const heard = (await log.ask.heard()) as Exit[]
      return heard.length > 0 && heard
    })
    assert.deepEqual([exit!.kind, exit!.path], ['stopped', '/user/watched'])
  })

test('a watch that has been ended never fires', async () => {
  await using system = await startSystem({ threads: 1 })
  const counter = await system.spawn(Counter)
  const exits: Exit[] = []
  system.watch(counter, (exit) => void exits.push(exit))()
  const others = exitsOf(system, counter)
  await system.stop(counter)
  await until('the other has fired', () => others.length > 0)
  assert.deepEqual(exits, [])
})

test('a listener that throws keeps no other from being told', async () => {
  await using system = await startSystem()
  const counter = await system.spawn(Counter)
  system.watch(counter, () => {
    throw new Error('a bad listener')
  })
  const exits = exitsOf(system, counter)
  await system.stop(counter)
  assert.equal(exits.length, 1)
})

test('a watch fires for an actor that is lost with its thread and not brought back', async () => {
  await using system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
  const log = await system.spawn(Recorder, { pool: 'far' })
  const watcher = await system.spawn(Worker, { pool: 'far' })
  const worker = await system.spawn(Worker)
  const temporary = await system.spawn(Counter, { name: 'temporary', restart: 'temporary' })
  const permanent = await system.spawn(Counter)
  const child = await worker.ask.spawnChild('child')
  const exits = [temporary, child, permanent].map((ref) => exitsOf(system, ref))
  await watcher.ask.watch(temporary, log)
  await errorOf(worker.ask.exitProcess())
  await until('both are told', () => exits[0]!.length > 0 && exits[1]!.length > 0)
  await until('the other actor is told', async () => (await log.ask.heard()).length > 0)
  assert.deepEqual([exits[0]![0]!.kind, exits[1]![0]!.kind], ['thread-lost', 'thread-lost'])
  assert.equal(await permanent.ask.add(1), 1)
  assert.deepEqual(
    exits.map(({ length }) => length),
    [1, 1, 0],
  )
  await system.stop(permanent)
  await until('the last is told', () => exits[2]!.length > 0)
  const late = exitsOf(system, temporary)
  await until('a watch afterwards fires too', () => late.length > 0)
})

test('a watch survives the thread of the watched actor', async () => {
  await using system = await startSystem({ threads: 1 })
  const worker = await system.spawn(Worker)
  const exits = exitsOf(system, worker)
  await errorOf(worker.ask.exitProcess())
  await worker.within(10_000).ask.next()
  await system.stop(worker)
  await until('it has fired', () => exits.length > 0)
  assert.deepEqual(
    exits.map(({ kind }) => kind),
    ['stopped'],
  )
})
