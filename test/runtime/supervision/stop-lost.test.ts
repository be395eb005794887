/** Whoever stops an actor whose thread was lost gets rid of it for good, whatever its supervisor had in mind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ActorRef, child, supervisor } from '../../../runtime/index.ts'
import { TestSystem } from '../../../runtime/testing/index.ts'
import { Counter } from '../../actors-under-test/basics.ts'
import { Worker } from '../../actors-under-test/supervised.ts'
import { modules } from '../../support/systems.ts'
import { errorOf } from '../../support/until.ts'

/** Longer than a thread may take to start, so that nothing else decides before the supervisor does. */
const PAUSE_MS = 120_000
/** Jitter leaves at least half of it. */
const STILL_PAUSED_MS = 50_000

interface Scene {
  readonly system: TestSystem
  readonly counter: ActorRef<Counter>
  /** Kinds of its exits. */
  readonly exits: string[]
  readonly restarts: string[]
}

/** A supervised counter on thread 1 that is back only long after a failure. */
async function startScene(threads: number): Promise<Scene> {
  const system = await TestSystem.start({ modules, threads })
  const exits: string[] = []
  const restarts: string[] = []
  const Team = supervisor({
    backoffMs: [PAUSE_MS, PAUSE_MS],
    children: { counter: child(Counter, [3], { thread: 1 }) },
  })
  const team = await system.spawn(Team, { name: 'team' })
  const counter = await team.child('counter')
  system.watch(counter, ({ kind }) => exits.push(kind))
  system.on('restart', ({ path }) => restarts.push(path))
  return { system, counter, exits, restarts }
}

/** It is gone when the promise resolves, was told so once, and does not come back. */
async function assertGoneForGood({ system, counter, exits }: Scene, stopped: Promise<void>): Promise<void> {
  await stopped
  assert.equal(await system.lookup(counter.path), undefined)
  await system.settle()
  assert.equal(exits.length, 1)
  await system.advance(3 * PAUSE_MS)
  assert.equal(await system.lookup(counter.path), undefined)
  assert.equal(
    (await system.inspect()).some(({ path }) => path === counter.path),
    false,
  )
  assert.equal((await errorOf(counter.ask.total())).code, 'ACTOR_GONE')
  assert.equal(exits.length, 1)
}

test('an actor that waits for its restart after its thread was lost is stopped', async () => {
  const scene = await startScene(1)
  await using system = scene.system
  await system.loseThread(1)
  await system.advance(100)
  await assertGoneForGood(scene, system.stop(scene.counter))
})

test('so it is while its thread has not been replaced yet', async () => {
  const scene = await startScene(1)
  await using system = scene.system
  const lost = system.loseThread(1)
  const stopped = system.stop(scene.counter)
  await lost
  await assertGoneForGood(scene, stopped)
})

test('so it is when its thread is lost before it hears of it', async () => {
  const scene = await startScene(1)
  await using system = scene.system
  const stopped = system.stop(scene.counter)
  await system.loseThread(1)
  await assertGoneForGood(scene, stopped)
})

test('so it is when its thread is lost while it is being stopped', async () => {
  await using system = await TestSystem.start({ modules, threads: 1 })
  const slow = await system.spawn(Worker, { name: 'slow', args: [undefined, 200] })
  const stopped = system.stop(slow)
  await system.advance(100)
  await system.loseThread(1)
  await stopped
  assert.equal((await errorOf(slow.ask.next())).code, 'ACTOR_GONE')
})

test('so it is where an actor of another thread wants it', async () => {
  const scene = await startScene(2)
  await using system = scene.system
  const other = await system.spawn(Worker, { thread: 2 })
  await system.loseThread(1)
  await assertGoneForGood(scene, other.ask.stop(scene.counter))
})

test('so it is where its thread is lost again before it is back', async () => {
  const scene = await startScene(2)
  await using system = scene.system
  const other = await system.spawn(Worker, { thread: 2 })
  await system.loseThread(1)
  const stopped = other.ask.stop(scene.counter)
  await system.loseThread(1)
  await assertGoneForGood(scene, stopped)
})

test('so it is for one whose supervisor is lost at that moment, with which it goes', async () => {
  await using system = await TestSystem.start({ modules, threads: 2 })
  const parent = await system.spawn(Worker, { name: 'parent', thread: 1 })
  const own: ActorRef<Worker> = await parent.ask.spawnOn(2, 'own')
  const stopped = system.stop(own)
  await system.loseThread(1)
  await stopped
  assert.equal((await errorOf(own.ask.next())).code, 'ACTOR_GONE')
})

test('who waits for the end of an actor hears of it when the system ends', async () => {
  const scene = await startScene(1)
  await scene.system.shutdown()
  await scene.system.stop(scene.counter)
  assert.deepEqual(scene.exits, ['stopped'])
})

test('an actor that nobody stops comes back after its pause, however long, with what waited for it', async () => {
  const scene = await startScene(1)
  await using system = scene.system
  await system.loseThread(1)
  scene.counter.tell.add(1)
  await system.advance(STILL_PAUSED_MS)
  const [info] = (await system.inspect()).filter(({ path }) => path === scene.counter.path)
  assert.deepEqual([info?.state, info?.mailbox, info?.restarts], ['restarting', 1, 1])
  await system.advance(PAUSE_MS)
  assert.equal(await scene.counter.ask.total(), 4)
  assert.deepEqual([scene.exits, scene.restarts], [[], ['/user/team/counter']])
})
