import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotSendableError } from '../../../runtime/index.ts'
import { Counter } from '../../actors-under-test/basics.ts'
import { Subscriber } from '../../actors-under-test/streaming.ts'
import { collect, startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

/** A system with two threads and an actor on each. */
async function twoThreads() {
  const system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
  const [near, far] = [await system.spawn(Subscriber), await system.spawn(Subscriber, { pool: 'far' })]
  return { system, near, far }
}

test('what is published reaches all who subscribe to the topic, on all threads, once each and in order', async () => {
  const { system, near, far } = await twoThreads()
  await using _ = system
  await Promise.all([near.ask.subscribe('news'), far.ask.subscribe('news')])
  await until('the threads know of each other', async () => {
    await near.ask.publish('news', 'probe')
    return (await far.ask.heard()).length > 0
  })
  for (let n = 0; n < 100; n++) near.tell.publish('news', n)
  for (const subscriber of [near, far]) {
    const heard = await until('all have arrived', async () => {
      const all = (await subscriber.ask.heard()).filter((item) => item !== 'probe')
      return all.length >= 100 && all
    })
    assert.deepEqual(
      heard,
      Array.from({ length: 100 }, (_, n) => n),
    )
  }
})

test('a program publishes to actors, also references and errors', async () => {
  const { system, far } = await twoThreads()
  await using _ = system
  await far.ask.subscribe('news')
  const counter = await system.spawn(Counter)
  system.publish('other', 'for nobody')
  system.publish('news', { counter, error: new RangeError('e') })
  const [message] = await until('it has arrived', async () => {
    const heard = (await far.ask.heard()) as { counter: typeof counter; error: Error }[]
    return heard.length > 0 && heard
  })
  assert.ok(message!.counter.equals(counter))
  assert.ok(message!.error instanceof RangeError)
})

test('who has unsubscribed, or is a new instance, hears no more', async () => {
  await using system = await startSystem()
  const [left, failed] = [await system.spawn(Subscriber), await system.spawn(Subscriber)]
  await Promise.all([left.ask.subscribe('news'), failed.ask.subscribe('news')])
  system.publish('news', 1)
  assert.deepEqual([await left.ask.heard(), await failed.ask.heard()], [[1], [1]])
  await left.ask.unsubscribe()
  await errorOf(failed.ask.boom())
  system.publish('news', 2)
  assert.deepEqual([await left.ask.heard(), await failed.ask.heard()], [[1], []])
})

test('a thread that takes the place of a lost one is told what others listen to', async () => {
  const { system, near, far } = await twoThreads()
  await using _ = system
  await near.ask.subscribe('news')
  await errorOf(far.ask.exitProcess())
  await until('it has arrived', async () => {
    await far.within(10_000).ask.publish('news', 'from the new thread')
    return (await near.ask.heard()).includes('from the new thread')
  })
})

test('what may not be sent may not be published', async () => {
  await using system = await startSystem()
  assert.throws(() => system.publish('news', () => 1), NotSendableError)
  const subscriber = await system.spawn(Subscriber)
  assert.ok((await errorOf(subscriber.ask.publishFunction('news'))) instanceof NotSendableError)
})

test('a listener that throws fails its actor and no other', async () => {
  await using system = await startSystem()
  const restarts = collect(system, 'restart')
  const [bad, good] = [await system.spawn(Subscriber, { name: 'bad' }), await system.spawn(Subscriber)]
  await Promise.all([bad.ask.subscribeBadly('news'), good.ask.subscribe('news')])
  system.publish('news', 1)
  assert.deepEqual(await good.ask.heard(), [1])
  await until('it is restarted', () => restarts.length > 0)
  assert.deepEqual(
    restarts.map(({ path }) => path),
    ['/user/bad'],
  )
})

test('a subscriber that does not keep up loses what does not fit into its mailbox, and that is counted', async () => {
  await using system = await startSystem()
  const slow = await system.spawn(Subscriber, { name: 'slow', mailbox: { size: 3 } })
  await slow.ask.subscribe('news')
  const holding = slow.ask.hold(30)
  await new Promise(setImmediate)
  for (let n = 0; n < 5; n++) system.publish('news', n)
  await holding
  assert.deepEqual(await slow.ask.heard(), [0, 1, 2])
  assert.deepEqual(
    system.control.deadLetters().map(({ to, method, reason }) => [to, method, reason]),
    Array(2).fill(['/user/slow', '(topic news)', 'mailbox-full']),
  )
})
