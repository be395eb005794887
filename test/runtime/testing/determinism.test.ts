/** The same seed gives the same run, for a user's own actors too; another gives another interleaving. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TestSystem } from '../../../runtime/testing/index.ts'
import { Client, Dice, Relay, Worker } from './actors.ts'

const modules = [import.meta.resolve('./actors.ts')]

/** Actors on three threads that tell, ask, wait, fail, block and are lost. */
async function run(seed: number): Promise<{ hash: string; heard: string[] }> {
  await using system = await TestSystem.start({ modules, threads: 3, seed, limits: { stallMs: 500 } })
  const probe = await system.probe('ear')
  const workers = await Promise.all([0, 1, 2].map((n) => system.spawn(Worker, { name: `worker-${n}` })))
  const relays = await Promise.all([0, 1, 2, 3].map((n) => system.spawn(Relay, { name: `relay-${n}` })))
  const client = await system.spawn(Client, { name: 'client' })
  client.tell.tellAll(workers, 5, 0)
  for (const relay of relays) for (let n = 0; n < 3; n++) relay.tell.pass(probe.ref, `${n}`)
  const asks = workers.map((worker, n) => worker.ask.workLater(`late-${n}`, 700).catch(() => 'failed'))
  await system.settle()
  await system.crash(workers[0]!)
  await system.stall(workers[1]!)
  client.tell.tellAll(workers, 5, 1)
  await system.advance(800)
  await system.loseThread(3)
  await system.advance(6_000)
  await Promise.all(asks)
  const heard = probe.messages.map(({ args }) => args.join(' '))
  return { hash: system.traceHash(), heard }
}

test('the same seed gives the same trace', async () => {
  const seeds = fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
    const [one, other] = [await run(seed), await run(seed)]
    assert.deepEqual(one, other)
  })
  await fc.assert(seeds, { numRuns: 20 })
})

test('other seeds give other interleavings', async () => {
  const runs = await Promise.all(Array.from({ length: 12 }, (_, n) => run(n)))
  assert.ok(new Set(runs.map(({ hash }) => hash)).size > 6)
  assert.ok(new Set(runs.map(({ heard }) => heard.join())).size > 1)
})

test('runs beside each other in one process do not disturb each other', async () => {
  const [alone, [beside]] = [await run(7), await Promise.all([run(7), run(8)])]
  assert.equal(alone.hash, beside.hash)
})

/** Actors on two threads that act on what their own context says of time and chance. */
async function play(seed: number): Promise<{ hash: string; rolls: unknown[] }> {
  await using system = await TestSystem.start({ modules, threads: 2, seed })
  const probe = await system.probe('ear')
  for (const name of ['one', 'other']) {
    const dice = await system.spawn(Dice, { name })
    dice.tell.roll(probe.ref)
  }
  await system.advance(1_000)
  return { hash: system.traceHash(), rolls: probe.messages.map(({ args, at }) => [at, ...args]) }
}

test('what actors take from their context as time and chance follows from the seed', async () => {
  const [one, same, other] = [await play(11), await play(11), await play(12)]
  assert.equal(one.rolls.length, 10)
  assert.deepEqual(one, same)
  assert.notEqual(one.hash, other.hash)
  assert.notDeepEqual(one.rolls, other.rolls)
})

test('the time that an actor takes from its context is the virtual one', async () => {
  await using system = await TestSystem.start({ modules })
  const probe = await system.probe()
  const dice = await system.spawn(Dice)
  await system.advance(250)
  dice.tell.roll(probe.ref)
  const { args } = await probe.next()
  assert.deepEqual(args.slice(1), [250, Date.UTC(2000, 0, 1) + 250])
})

test('an actor knows how long the one who asks will wait', async () => {
  await using system = await TestSystem.start({ modules })
  const dice = await system.spawn(Dice)
  const left = dice.within(400).ask.patience(100)
  await system.advance(100)
  assert.equal(await left, 300)
})
