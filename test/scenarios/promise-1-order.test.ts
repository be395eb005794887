/**
 * Promise 1: a tell is at most once, and in order per sender, receiver and lane.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Recorder, Sender } from '../actors-under-test/basics.ts'
import { startSystem } from '../support/systems.ts'
import { until } from '../support/until.ts'

/** More than fit into one batch between threads, and into one turn. */
const MANY = 5_000

const SCENES = [
  { scene: 'on one thread', options: { threads: 0 }, senderPool: undefined },
  {
    scene: 'from one thread to another',
    options: { threads: 1, pools: { far: { threads: 1 } } },
    senderPool: 'far',
  },
]

for (const { scene, options, senderPool } of SCENES)
  test(`what each sender tells arrives once and in its order, ${scene}`, async () => {
    await using system = await startSystem(options)
    const recorder = await system.spawn(Recorder)
    const senders = [
      await system.spawn(Sender, { pool: senderPool }),
      await system.spawn(Sender, { pool: senderPool }),
    ]
    for (const sender of senders)
      for (let from = 0; from < MANY; from += MANY / 10) sender.tell.tellMany(recorder, from, MANY / 10)
    await until('all have arrived', async () => (await recorder.ask.heard()).length >= MANY * 2)
    const heard = (await recorder.ask.heard()) as [path: string, n: number][]
    const wanted = Array.from({ length: MANY }, (_, i) => i)
    for (const { path } of senders)
      assert.deepEqual(
        heard.filter(([from]) => from === path).map(([, n]) => n),
        wanted,
      )
    assert.equal(heard.length, MANY * 2)
  })

test('asks and tells from one sender to one receiver keep their common order', async () => {
  await using system = await startSystem({ threads: 1 })
  const recorder = await system.spawn(Recorder)
  recorder.tell.hear('first')
  const second = recorder.ask.hear('second')
  recorder.tell.hear('third')
  await second
  assert.deepEqual(await recorder.ask.heard(), ['first', 'second', 'third'])
})

test('a tell never throws, whatever it is given and wherever it goes', async () => {
  await using system = await startSystem({ threads: 1 })
  const recorder = await system.spawn(Recorder)
  recorder.tell.hear(() => 1)
  recorder.tell.hear(new Proxy({}, {}))
  recorder.tell.hear({
    get trap(): never {
      throw new Error('a getter')
    },
  })
  ;(recorder.tell as unknown as { nothing(): void }).nothing()
  await system.stop(recorder)
  recorder.tell.hear('too late')
  const letters = await until('all are dead letters', () => {
    const all = system.control.deadLetters()
    return all.length >= 5 && all
  })
  assert.deepEqual(letters.map(({ reason }) => reason).sort(), [
    'gone',
    'not-sendable',
    'not-sendable',
    'not-sendable',
    'unknown-handler',
  ])
})
