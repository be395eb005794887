/**
 * Promise 7: an ask cycle fails at once with an error that names the cycle.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AskCycleError } from '../../runtime/index.ts'
import { Asker, Mirror, Recorder, ReentrantAsker } from '../actors-under-test/basics.ts'
import { startSystem } from '../support/systems.ts'
import { errorOf, until } from '../support/until.ts'

const SCENES = [
  { scene: 'on one thread', pools: [undefined, undefined, undefined] },
  { scene: 'across threads', pools: [undefined, 'far', undefined] },
] as const

for (const { scene, pools } of SCENES)
  for (const method of ['askAround', 'askAroundLater'] as const)
    test(`a cycle of asks ${scene} by ${method} fails at once and is named`, async () => {
      await using system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
      const [a, b, c] = await Promise.all(
        ['a', 'b', 'c'].map((name, i) => system.spawn(Asker, { name, pool: pools[i] })),
      )
      const error = await errorOf(a!.within(60_000).ask[method]([b!, c!, b!]))
      assert.ok(error instanceof AskCycleError)
      assert.deepEqual(
        [error.code, error.target, error.method, error.mayHaveRun],
        ['ASK_CYCLE', '/user/b', method, false],
      )
      assert.match(error.message, /\/user\/b -> \/user\/c -> \/user\/b;/)
      assert.ok(!error.message.includes('/user/b -> /user/b'))
    })

test('an actor that asks itself is told so', async () => {
  await using system = await startSystem()
  const a = await system.spawn(Asker, { name: 'a' })
  assert.match((await errorOf(a.ask.askAround([a]))).message, /\/user\/a -> \/user\/a;/)
})

test('a handler that is no async function is found in a cycle the first time it is called', async () => {
  await using system = await startSystem()
  const [a, b] = [await system.spawn(Mirror, { name: 'a' }), await system.spawn(Mirror, { name: 'b' })]
  assert.equal(await a.ask.askThroughPromise(b), '/user/a')
})

test('actors that ask each other in turn, and not at once, are no cycle', async () => {
  await using system = await startSystem()
  const [a, b] = [await system.spawn(Asker), await system.spawn(Asker)]
  assert.equal(await a.ask.askAround([b]), 'end')
  assert.equal(await b.ask.askAround([a]), 'end')
})

test('tells may go in a circle', async () => {
  await using system = await startSystem()
  const [a, b, log] = [await system.spawn(Asker), await system.spawn(Asker), await system.spawn(Recorder)]
  a.tell.tellAround([b, a, b, a], log)
  await until('it came round', async () => (await log.ask.heard()).length === 1)
})

test('a reentrant actor may be asked by those whom it asks', async () => {
  await using system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
  const [a, b] = [await system.spawn(ReentrantAsker), await system.spawn(Asker, { pool: 'far' })]
  assert.equal(await a.ask.askAround([b, a]), 'end')
  assert.equal(await b.ask.askAroundLater([a]), 'end')
  const error = await errorOf(b.ask.askAround([a, b]))
  assert.ok(error instanceof AskCycleError)
})
