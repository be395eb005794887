import assert from 'node:assert/strict'
import { test } from 'node:test'
import { child, type Restart, type StrategyName, supervisor } from '../../../runtime/index.ts'
import { Recorder } from '../../actors-under-test/basics.ts'
import { Starter, Worker } from '../../actors-under-test/supervised.ts'
import { collect, exitsOf, PLACES, startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

/** What happens to a, b and c when b fails. */
const ORDERS: Record<StrategyName, string[]> = {
  'one-for-one': ['stop b failed', 'start b'],
  'one-for-all': ['stop b failed', 'stop c stopped', 'stop a stopped', 'start a', 'start b', 'start c'],
  'rest-for-one': ['stop b failed', 'stop c stopped', 'start b', 'start c'],
}

for (const { place, threads } of PLACES)
  for (const [strategy, order] of Object.entries(ORDERS) as [StrategyName, string[]][])
    test(`${strategy} stops and starts the children ${place} that it should, in order`, async () => {
      await using system = await startSystem({ threads })
      const log = await system.spawn(Recorder)
      const Team = supervisor({
        strategy,
        children: { a: child(Worker, [log]), b: child(Worker, [log]), c: child(Worker, [log]) },
      })
      const team = await system.spawn(Team)
      const [a, b, c] = await Promise.all([team.child('a'), team.child('b'), team.child('c')])
      for (const ref of [a, b, c]) await ref.ask.next()
      const started = (await log.ask.heard()).length
      const failed = errorOf(b.ask.boomLater())
      const queued = [a.ask.next(), b.ask.next(), c.ask.next()]
      await failed
      await Promise.all(queued)
      const heard = await until('all are back', async () => {
        const all = (await log.ask.heard()).slice(started)
        return all.length >= order.length && all
      })
      assert.deepEqual(heard, order)
      const fresh = await Promise.all([a, b, c].map((ref) => ref.ask.next()))
      const restarted = order.filter((line) => line.startsWith('start')).map((line) => line.at(-1))
      for (const [i, name] of ['a', 'b', 'c'].entries())
        assert.equal(fresh[i]! <= 2, restarted.includes(name), `${name} counts ${fresh[i]}`)
    })

const FATES: [restart: Restart, afterFailure: 'back' | 'gone', afterStop: 'back' | 'gone'][] = [
  ['permanent', 'back', 'back'],
  ['transient', 'back', 'gone'],
  ['temporary', 'gone', 'gone'],
]

for (const { place, threads } of PLACES)
  for (const [restart, afterFailure, afterStop] of FATES)
    test(`a ${restart} child ${place} is ${afterFailure} after a failure and ${afterStop} after it stopped itself`, async () => {
      await using system = await startSystem({ threads })
      const team = await system.spawn(supervisor({ children: {} }))
      for (const [fate, end] of [
        [afterFailure, 'boom'],
        [afterStop, 'stopSelf'],
      ] as const) {
        const worker = await team.startChild(end, child(Worker, [], { restart }))
        const exits = exitsOf(system, worker)
        await worker.ask.next()
        worker.tell[end]()
        if (fate === 'gone') {
          await until('it is gone', () => exits.length > 0)
          assert.equal((await errorOf(team.child(end as never))).code, 'ACTOR_GONE')
        } else await until('it is back', async () => (await worker.ask.next()) === 1)
      }
    })

for (const { place, threads } of PLACES) {
  test(`children ${place} are added to a supervisor that runs, and taken away`, async () => {
    await using system = await startSystem({ threads })
    const restarts = collect(system, 'restart')
    const team = await system.spawn(supervisor({ children: { first: child(Worker) } }), { name: 'team' })
    const second = await team.startChild('second', child(Worker))
    assert.equal(second.path, '/user/team/second')
    assert.deepEqual(
      (await team.children()).map(({ name }) => name),
      ['first', 'second'],
    )
    assert.equal((await errorOf(team.startChild('second', child(Worker)))).code, 'NAME_TAKEN')
    assert.equal((await errorOf(team.startChild('a/b', child(Worker)))).code, 'INVALID_OPTION')
    await team.stopChild('second')
    assert.equal((await errorOf(second.ask.next())).code, 'ACTOR_GONE')
    assert.deepEqual(
      (await team.children()).map(({ name }) => name),
      ['first'],
    )
    await team.stopChild('nobody')
    const missing = await errorOf(team.child('second' as never))
    assert.match(missing.message, /\/user\/team has no child "second"; its children are: first/)
    assert.deepEqual(restarts, [], 'what a supervisor is asked for in vain does not end it')
  })

  test(`a child ${place} whose start fails is not added, and its siblings go on`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const team = await system.spawn(supervisor({ children: { good: child(Worker) } }))
    const good = await team.child('good')
    await good.ask.next()
    const error = await errorOf(team.startChild('bad', child(Starter, [log, 1])))
    assert.deepEqual([error.name, error.message], ['RangeError', 'can not start'])
    assert.equal(await good.ask.next(), 2)
    assert.deepEqual(
      (await team.children()).map(({ name }) => name),
      ['good'],
    )
  })

  test(`a supervisor whose first child ${place} can not start is not spawned, and leaves nothing behind`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const Team = supervisor({ children: { good: child(Worker), bad: child(Starter, [log, 1]) } })
    assert.equal((await errorOf(system.spawn(Team, { name: 'team' }))).message, 'can not start')
    assert.equal(await system.lookup('/user/team'), undefined)
    await until('its children are gone', async () =>
      (await system.inspect()).every(({ type }) => type !== 'Worker'),
    )
  })

  test(`a start ${place} that fails at a restart counts as a failure of its own`, async () => {
    await using system = await startSystem({ threads })
    const restarts = collect(system, 'restart')
    const log = await system.spawn(Recorder)
    const starter = await system.spawn(Starter, { args: [log, 2] })
    const exits = exitsOf(system, starter)
    await errorOf(starter.ask.boom())
    await until('it is given up', () => exits.length > 0)
    assert.deepEqual(
      restarts.map(({ exit }) => exit.error?.message),
      ['boom', 'can not start', 'can not start'],
    )
    assert.deepEqual([exits[0]!.kind, exits[0]!.error?.message], ['failed', 'can not start'])
  })

  test(`children of an ordinary actor ${place} end with it, and their failures end it`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const parent = await system.spawn(Worker, { name: 'parent', args: [log] })
    const first = await parent.ask.spawnChild('child', log)
    await errorOf(parent.ask.boom())
    assert.equal((await errorOf(first.ask.next())).code, 'ACTOR_GONE')
    const second = await parent.ask.spawnChild('child')
    assert.ok(!second.equals(first))
    for (let i = 0; i < 4; i++) await errorOf(second.ask.boom(`number ${i}`))
    await until(
      'the parent has failed too',
      async () => (await log.ask.heard()).filter((line) => line === 'stop parent failed').length === 2,
    )
    assert.equal((await errorOf(second.ask.next())).code, 'ACTOR_GONE')
    assert.equal(await parent.ask.next(), 1)
  })

  test(`an actor ${place} stops a child of its own, and itself`, async () => {
    await using system = await startSystem({ threads })
    const parent = await system.spawn(Worker)
    const below = await parent.ask.spawnChild('child')
    await parent.ask.stop(below)
    assert.equal((await errorOf(below.ask.next())).code, 'ACTOR_GONE')
    const exits = exitsOf(system, parent)
    parent.tell.stopSelf()
    await until('it is gone', () => exits.length > 0)
    assert.deepEqual(
      exits.map(({ kind }) => kind),
      ['stopped'],
    )
  })

  test(`a supervisor below an actor ${place} is found and ends with it`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const parent = await system.spawn(Worker, { name: 'parent' })
    await parent.ask.spawnSupervisor(log)
    const worker = await system.lookup('/user/parent/team/a')
    assert.equal(worker?.path, '/user/parent/team/a')
    await system.stop(parent)
    await until('all are gone', async () =>
      (await system.inspect()).every(({ path }) => !path.startsWith('/user/parent')),
    )
    assert.deepEqual(await log.ask.heard(), ['start a', 'stop a stopped'])
  })

  test(`references and waiting messages survive a restart ${place} by an operator, which counts against no budget`, async () => {
    await using system = await startSystem({ threads })
    const restarts = collect(system, 'restart')
    const worker = await system.spawn(Worker, { name: 'worker' })
    for (let i = 0; i < 6; i++) {
      await worker.ask.next()
      await system.control.restart('/user/worker')
    }
    assert.equal(await worker.ask.next(), 1)
    assert.equal(restarts.length, 6)
    await system.control.stop('/user/worker')
    assert.equal((await errorOf(worker.ask.next())).code, 'ACTOR_GONE')
    assert.match(
      (await errorOf(system.control.restart('/user/worker'))).message,
      /there is no actor \/user\/worker; "neuroplex tree" shows all/,
    )
  })
}
