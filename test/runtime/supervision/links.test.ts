import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LinkedActorError } from '../../../runtime/index.ts'
import { Recorder } from '../../actors-under-test/basics.ts'
import { Worker } from '../../actors-under-test/supervised.ts'
import { collect, exitsOf, startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

const SCENES = [
  { scene: 'on one thread', pool: undefined },
  { scene: 'on two threads', pool: 'far' },
] as const

for (const { scene, pool } of SCENES) {
  /** Two actors, linked from the first to the second. */
  const linked = async () => {
    const system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
    const [a, b] = [
      await system.spawn(Worker, { name: 'a' }),
      await system.spawn(Worker, { name: 'b', pool }),
    ]
    await a.ask.link(b)
    await Promise.all([a.ask.next(), b.ask.next()])
    await a.ask.work(20)
    return { system, a, b, restarts: collect(system, 'restart') }
  }

  for (const failing of ['a', 'b'] as const)
    test(`of two linked actors ${scene} the other fails when ${failing} does`, async () => {
      const { system, restarts, ...actors } = await linked()
      await using _ = system
      await errorOf(actors[failing].ask.boom('no more'))
      const all = await until('both are restarted', () => restarts.length >= 2 && restarts)
      const other = all.find(({ path }) => path !== `/user/${failing}`)!
      assert.ok(other.exit.error instanceof LinkedActorError)
      assert.deepEqual(
        [other.exit.error.code, other.exit.error.target, (other.exit.error.cause as Error).message],
        ['LINKED_ACTOR', `/user/${failing}`, 'no more'],
      )
      assert.deepEqual(await Promise.all([actors.a.ask.next(), actors.b.ask.next()]), [1, 1])
    })

  test(`a link ${scene} ends with the failure, and with a stop in peace that harms nobody`, async () => {
    const { system, a, b, restarts } = await linked()
    await using _ = system
    await errorOf(a.ask.boom())
    await until('both are restarted', () => restarts.length >= 2)
    await errorOf(a.ask.boom())
    await a.ask.next()
    assert.deepEqual(restarts.map(({ path }) => path).filter((path) => path === '/user/b').length, 1)
    await a.ask.link(b)
    await b.ask.next()
    await system.stop(b)
    assert.equal(await a.ask.next(), 2)
  })

  test(`to link to an actor ${scene} that has failed for good is to fail`, async () => {
    await using system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
    const restarts = collect(system, 'restart')
    const [a, b] = [
      await system.spawn(Worker, { name: 'a' }),
      await system.spawn(Worker, { pool, restart: 'temporary' }),
    ]
    const exits = exitsOf(system, b)
    await errorOf(b.ask.boom())
    await until('it is gone', () => exits.length > 0)
    a.tell.link(b)
    const own = await until('it failed', () => restarts.find(({ path }) => path === '/user/a'))
    assert.ok(own.exit.error instanceof LinkedActorError)
    assert.equal(await a.ask.next(), 1)
  })
}

test('a linked actor fails when the thread of the other is lost', async () => {
  await using system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
  const restarts = collect(system, 'restart')
  const [a, b] = [
    await system.spawn(Worker, { name: 'a' }),
    await system.spawn(Worker, { name: 'b', pool: 'far' }),
  ]
  await a.ask.link(b)
  await b.ask.next()
  await errorOf(b.ask.exitProcess())
  await until('both are restarted', () => restarts.length >= 2)
  const own = restarts.find(({ path }) => path === '/user/a')!
  assert.ok(own.exit.error instanceof LinkedActorError)
  assert.match(own.exit.error.message, /\/user\/b is linked to \/user\/a and ended: thread-lost/)
  assert.ok(await system.spawn(Recorder))
})
