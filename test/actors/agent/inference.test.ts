import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { infer, learn, modelOf } from '../../../actors/agent/infer.ts'
import type { InferenceOptions } from '../../../actors/agent/inference-options.ts'
import { type ActorRef, ActorSystem } from '../../../runtime/index.ts'
import { Doubler, Inference, Saboteur } from './agent-actors.ts'

const MODULE = import.meta.resolve('./agent-actors.ts')
const POOLS = { inference: { threads: 1 } }

type Scale = ActorRef<Inference<number, number>>

let system: ActorSystem
before(async () => {
  system = await ActorSystem.start({ modules: [MODULE], threads: 1, pools: POOLS, logLevel: 'silent' })
})
after(() => system.shutdown())

/** The paths of actors that are restarted from now on. */
function restarts(): string[] {
  const paths: string[] = []
  system.on('restart', ({ path }) => paths.push(path))
  return paths
}

/** Hosts a model that multiplies by two. */
function host(options: Partial<InferenceOptions> = {}, ms = 0): Promise<Scale> {
  const model = { module: MODULE, model: 'ScaleModel', options: { factor: 2, ms } }
  return system.spawn<typeof Inference<number, number>>(Inference, {
    args: [{ ...model, ...options }],
    pool: 'inference',
  })
}

/** The code by which a call ended, or its answer. */
function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error) => error.code ?? error)
}

test('single requests come together in batches, each with its own answer', async () => {
  const model = await host({ maxBatch: 8, maxWaitMs: 5_000 })
  const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => infer(model, i)))
  assert.deepEqual(
    answers,
    Array.from({ length: 16 }, (_, i) => 2 * i),
  )
  const { batches, meanBatch, answered, waiting } = await model.ask.stats()
  assert.deepEqual(
    { batches, meanBatch, answered, waiting },
    { batches: 2, meanBatch: 8, answered: 16, waiting: 0 },
  )
})

test('a request that nobody joins runs alone after its wait', async () => {
  const model = await host({ maxBatch: 100, maxWaitMs: 20 })
  assert.equal(await infer(model, 21), 42)
})

test('beyond its bound requests are refused at once, and the message says what to do', async () => {
  const model = await host({ maxBatch: 1, maxWaitMs: 0, maxWaiting: 2 }, 100)
  const calls = Array.from({ length: 8 }, (_, i) => infer(model, i))
  const refused = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected')
  assert.ok(refused.length >= 5)
  const [first] = refused as PromiseRejectedResult[]
  assert.equal(first!.reason.code, 'REFUSED')
  assert.match(first!.reason.message, /2 requests wait .* larger maxWaiting/)
  assert.equal((await model.ask.stats()).refused, refused.length)
})

test('a request whose deadline has passed is dropped before it runs', async () => {
  const model = await host({ maxBatch: 1, maxWaitMs: 0 }, 1_000)
  const first = infer(model, 1)
  const late = outcome(infer(model, 2, { timeoutMs: 400 }))
  assert.equal(await late, 'ASK_TIMEOUT')
  assert.equal(await first, 2)
  assert.equal(await infer(model, 3), 6)
  const { expired, batches } = await model.ask.stats()
  assert.deepEqual({ expired, batches }, { expired: 1, batches: 2 })
})

test('a call that is aborted ends with the reason, and a waiting request is taken back', async () => {
  const model = await host({ maxBatch: 1, maxWaitMs: 0 }, 200)
  const running = infer(model, 1)
  const controller = new AbortController()
  const waiting = infer(model, 2, { signal: controller.signal })
  controller.abort(new Error('no longer needed'))
  await assert.rejects(waiting, /no longer needed/)
  assert.equal(await running, 2)
  const { cancelled, batches } = await model.ask.stats()
  assert.deepEqual({ cancelled, batches }, { cancelled: 1, batches: 1 })
  await assert.rejects(infer(model, 3, { signal: controller.signal }), /no longer needed/)
})

test('a running batch stops when all its requests are given up', async () => {
  const model = await host({ maxBatch: 1, maxWaitMs: 0 }, 500)
  const given = outcome(model.ask.infer(1, { id: 'mine' }))
  await model.ask.stats()
  model.tell.cancel('mine')
  assert.equal(await given, 'REFUSED')
  assert.equal(await infer(model, 2), 4)
})

test('a model that throws fails its batch only', async () => {
  const restarted = restarts()
  const model = await host({ maxBatch: 2, maxWaitMs: 200 })
  const failed = await Promise.all([outcome(infer(model, -1)), outcome(infer(model, 1))])
  assert.deepEqual(failed, ['MODEL_FAILED', 'MODEL_FAILED'])
  assert.equal(await outcome(infer(model, -3)), 'MODEL_FAILED')
  assert.equal(await infer(model, 2), 4)
  assert.deepEqual(restarted, [])
})

test('a model that says it is of no use any more is loaded anew', async () => {
  const restarted = Promise.withResolvers<string>()
  system.on('restart', ({ path }) => restarted.resolve(path))
  const model = await host()
  assert.equal(await outcome(infer(model, -2)), 'MODEL_UNAVAILABLE')
  assert.equal(await restarted.promise, model.path)
  assert.equal(await infer(model, 2), 4)
})

test('an agent whose model fails refuses its asker and lives on', async () => {
  const restarted = restarts()
  const model = await host()
  const doubler = await system.spawn(Doubler, { args: [model] })
  assert.equal(await doubler.ask.handle(4), 8)
  await assert.rejects(doubler.ask.handle(-1), { code: 'MODEL_FAILED', message: /no negative numbers/ })
  assert.deepEqual(restarted, [])
})

test('a hosted model stands behind the interface of models', async () => {
  const model = modelOf<number, number>(await host({ maxWaiting: 8 }), { inFlight: 4 })
  const never = new AbortController().signal
  const inputs = Array.from({ length: 40 }, (_, i) => i)
  assert.deepEqual(
    await model.infer(inputs, never),
    inputs.map((input) => 2 * input),
  )
  await assert.rejects(async () => await model.infer([1, -1, 3], never), { code: 'MODEL_FAILED' })
})

test('what a model learns outlives its thread where it is kept in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'neuroplex-weights-'))
  try {
    const model = await host({ model: 'OffsetModel', weightsFile: join(folder, 'weights') })
    const report = await learn(model, [{ input: 1, label: 8 }])
    assert.equal(report.examples, 1)
    assert.equal(await infer(model, 1), 8)
    const restarted = Promise.withResolvers<void>()
    system.on('restart', ({ path }) => path === model.path && restarted.resolve())
    const saboteur = await system.spawn(Saboteur, { pool: 'inference', restart: 'temporary' })
    saboteur.tell.strike()
    await restarted.promise
    assert.equal(await infer(model, 2), 9)
    assert.equal(await outcome(learn(model, [])), 'MODEL_FAILED')
    assert.equal(await infer(model, 2), 9)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('weights can be taken from one model and given to another', async () => {
  const model = await host({ model: 'OffsetModel', weights: 5 })
  assert.equal(await infer(model, 1), 6)
  assert.equal(await model.ask.export(), 5)
  await model.ask.import(7)
  assert.equal(await infer(model, 1), 8)
  const restarted = restarts()
  const fixed = await host()
  await assert.rejects(fixed.ask.export(), {
    code: 'MODEL_UNAVAILABLE',
    message: /ScaleModel does not learn/,
  })
  assert.deepEqual(restarted, [])
})

test('what can not be hosted is refused at the start, by a sentence that says what is wrong', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'neuroplex-weights-'))
  await writeFile(join(folder, 'broken'), 'not weights')
  const cases: [Partial<InferenceOptions>, RegExp][] = [
    [{ module: 'file:///no/such/module.ts' }, /could not be imported/],
    [{ model: 'Nobody' }, /exports no class "Nobody"; it exports/],
    [{ model: 'notAClass' }, /exports no class "notAClass"/],
    [{ model: 'NotAModel' }, /NotAModel .* is no model/],
    [{ weights: 1 }, /ScaleModel does not learn/],
    [{ model: 'OffsetModel', weightsFile: join(folder, 'broken') }, /cannot be read/],
    [{ maxBatch: 0 }, /maxBatch has to be a whole number of 1 or more/],
    [{ model: '' }, /needs "model"/],
  ]
  for (const [options, message] of cases) await assert.rejects(host(options), { message })
  await rm(folder, { recursive: true })
})
