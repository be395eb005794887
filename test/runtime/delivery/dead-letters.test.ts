/** A dead letter names the actor that did not get it by its path, wherever that actor was. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Departed } from '../../../runtime/delivery/departed.ts'
import type { ActorRef } from '../../../runtime/index.ts'
import { TestSystem } from '../../../runtime/testing/index.ts'
import { Counter, Recorder, Sender } from '../../actors-under-test/basics.ts'
import { Worker } from '../../actors-under-test/supervised.ts'
import { collect, modules, startSystem } from '../../support/systems.ts'
import { errorOf } from '../../support/until.ts'

/** Dead letters of a test system, in words. */
function lettersOf(system: TestSystem): string[] {
  const letters: string[] = []
  system.on('deadLetter', ({ to, method, reason }) => letters.push(`${to} ${method} ${reason}`))
  return letters
}

test('an actor of another thread that has stopped is named by its path', async () => {
  await using system = await TestSystem.start({ modules, threads: 1 })
  const letters = lettersOf(system)
  const counter = await system.spawn(Counter, { name: 'counter' })
  await system.stop(counter)
  counter.tell.add(1)
  await system.settle()
  const error = await errorOf(counter.ask.total())
  assert.deepEqual([error.code, error.target, error.method], ['ACTOR_GONE', '/user/counter', 'total'])
  assert.match(error.message, /^\/user\/counter has stopped/)
  await system.settle()
  assert.deepEqual(letters, ['/user/counter add gone', '/user/counter total gone'])
})

test('so it is between two threads of which neither is the starting one', async () => {
  await using system = await TestSystem.start({ modules, threads: 2 })
  const letters = lettersOf(system)
  const sender = await system.spawn(Sender, { name: 'sender' })
  const recorder = await system.spawn(Recorder, { name: 'recorder' })
  await system.stop(recorder)
  sender.tell.tellMany(recorder, 0, 1)
  await system.settle()
  assert.deepEqual(letters, ['/user/recorder hear gone'])
})

test('an actor that was lost with its thread and does not come back is named by its path', async () => {
  await using system = await TestSystem.start({ modules, threads: 1 })
  const letters = lettersOf(system)
  const counter = await system.spawn(Counter, { name: 'counter', restart: 'temporary' })
  await system.loseThread(1)
  counter.tell.add(1)
  await system.settle()
  assert.deepEqual(letters, ['/user/counter add gone'])
})

test('so is one whose supervisor was lost with it and has others now', async () => {
  await using system = await TestSystem.start({ modules, threads: 1 })
  const letters = lettersOf(system)
  const parent = await system.spawn(Worker, { name: 'parent' })
  const own: ActorRef<Worker> = await parent.ask.spawnChild('own')
  await system.loseThread(1)
  own.tell.next()
  await system.settle()
  assert.deepEqual(letters, ['/user/parent/own next gone'])
})

test('so is one about which nobody decides, because its supervisor was lost at the same time', async () => {
  await using system = await TestSystem.start({ modules, threads: 2 })
  const letters = lettersOf(system)
  const parent = await system.spawn(Worker, { name: 'parent', thread: 1 })
  const own: ActorRef<Worker> = await parent.ask.spawnOn(2, 'own')
  await Promise.all([system.loseThread(1), system.loseThread(2)])
  own.tell.next()
  await system.settle()
  assert.deepEqual(letters, [])
  await system.advance(60_000)
  assert.deepEqual(letters, ['/user/parent/own next gone'])
})

test('one that is long forgotten is named by its thread, and to its asker by its path all the same', async () => {
  await using system = await TestSystem.start({ modules, threads: 1 })
  const letters = lettersOf(system)
  const parent = await system.spawn(Worker, { name: 'parent' })
  const own: ActorRef<Worker> = await parent.ask.spawnChild('own')
  await system.loseThread(1)
  await system.loseThread(1)
  const error = await errorOf(own.ask.next())
  assert.deepEqual([error.code, error.target], ['ACTOR_GONE', '/user/parent/own'])
  await system.settle()
  assert.deepEqual(letters, ['an actor of thread 1 next gone'])
})

test('a message whose value can not be cloned is told with the path of who should have had it', async () => {
  await using system = await startSystem({ threads: 1 })
  const letters = collect(system, 'deadLetter')
  const recorder = await system.spawn(Recorder, { name: 'recorder' })
  recorder.tell.hear('good')
  recorder.tell.hear(new Proxy({}, {}))
  assert.deepEqual(await recorder.ask.heard(), ['good'])
  assert.deepEqual(letters, [{ ...letters[0], to: '/user/recorder', method: 'hear', reason: 'not-sendable' }])
})

test('only the newest of those that are gone are remembered', () => {
  const departed = new Departed(2)
  for (const serial of [1, 2, 3]) departed.add(serial, `/user/${serial}`)
  assert.deepEqual(
    [1, 2, 3].map((serial) => departed.path(serial)),
    [undefined, '/user/2', '/user/3'],
  )
})
