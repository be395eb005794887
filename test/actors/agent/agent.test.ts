import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ActorSystem } from '../../../runtime/index.ts'
import { TestSystem } from '../../../runtime/testing/index.ts'
import { Brooder, Counter, Doubler, Inference, Waiter } from './agent-actors.ts'

const MODULES = [import.meta.resolve('./agent-actors.ts')]

let system: ActorSystem
before(async () => {
  system = await ActorSystem.start({ modules: MODULES, threads: 1, logLevel: 'silent' })
})
after(() => system.shutdown())

test('a round goes through perceive, think and act, and gives the outcome', async () => {
  const counter = await system.spawn(Counter)
  assert.equal(await counter.ask.handle('three words here'), '3 words')
})

test('a step that refuses ends its round and nothing else', async () => {
  const restarts: string[] = []
  system.on('restart', ({ path }) => restarts.push(path))
  const counter = await system.spawn(Counter)
  await assert.rejects(counter.ask.handle(''), { code: 'REFUSED', message: /nothing to count/ })
  assert.equal(await counter.ask.handle('a b'), '2 words')
  const { finished, refused, failed, running, ms } = await counter.ask.stats()
  assert.deepEqual({ finished, refused, failed, running }, { finished: 1, refused: 1, failed: 0, running: 0 })
  assert.ok(ms.perceive >= 0 && ms.think >= 0 && ms.act >= 0)
  assert.deepEqual(restarts, [])
})

test('a step that throws fails the agent, which is restarted', async () => {
  const counter = await system.spawn(Counter)
  await assert.rejects(counter.ask.handle('crash'), { name: 'TypeError', message: 'the agent tripped' })
  assert.equal(await counter.ask.handle('here again'), '2 words')
})

test('nothing is done once the time for the round is over', async () => {
  const brooder = await system.spawn(Brooder)
  await assert.rejects(brooder.ask.handle(200), { code: 'REFUSED', message: /over before "act"/ })
})

test('rounds run side by side while they wait', async () => {
  await using virtual = await TestSystem.start({ modules: MODULES })
  const brooder = await virtual.spawn(Brooder)
  const slow = brooder.ask.handle(200).catch((error) => error.code)
  const quick = brooder.ask.handle(1)
  await virtual.advance(1)
  assert.equal(await quick, 'thought for 1 ms')
  assert.equal((await brooder.ask.stats()).running, 1)
  await virtual.advance(200)
  assert.equal(await slow, 'REFUSED')
})

test('the signal of a round aborts when its time is over, in virtual time too', async () => {
  await using virtual = await TestSystem.start({ modules: MODULES })
  const waiter = await virtual.spawn(Waiter)
  const ended = assert.rejects(waiter.ask.handle(1), { code: 'REFUSED', message: /over before "act"/ })
  await virtual.advance(49)
  assert.equal((await waiter.ask.stats()).running, 1)
  await virtual.advance(1)
  await ended
  assert.equal((await waiter.ask.stats()).ms.think, 50)
})

/** What happens in a system where agents ask a hosted model. */
async function traceOfAgents(seed: number): Promise<string> {
  await using virtual = await TestSystem.start({ modules: MODULES, threads: 1, seed })
  const [module] = MODULES
  const model = { module: module!, model: 'ScaleModel', options: { factor: 2, ms: 0 } }
  const inference = await virtual.spawn<typeof Inference<number, number>>(Inference, {
    args: [{ ...model, maxBatch: 3, maxWaitMs: 20 }],
  })
  const doublers = await Promise.all([0, 1].map(() => virtual.spawn(Doubler, { args: [inference] })))
  const answers = doublers.map((doubler, n) => doubler.ask.handle(n))
  await virtual.advance(100)
  assert.deepEqual(await Promise.all(answers), [0, 2])
  return virtual.traceHash()
}

test('agents and their models do the same again with the same seed', async () => {
  assert.equal(await traceOfAgents(3), await traceOfAgents(3))
})
