import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ActorSystem } from '../../../runtime/index.ts'
import { Calculator } from './long-computation-actors.ts'

test('a handler that computes for longer than the stall limit, but lets its event loop turn, is left alone', async () => {
  await using system = await ActorSystem.start({
    modules: [import.meta.resolve('./long-computation-actors.ts')],
    threads: 1,
    limits: { stallMs: 400 },
    logLevel: 'silent',
  })
  const lost: string[] = []
  system.on('threadLost', ({ reason }) => lost.push(reason))
  const calculator = await system.spawn(Calculator)
  assert.equal(await calculator.within(20_000).ask.compute(2_000, 20), 'done')
  assert.deepEqual(lost, [])
})

test('a handler that computes on after an await, and never lets its event loop turn, is found', async () => {
  await using system = await ActorSystem.start({
    modules: [import.meta.resolve('./long-computation-actors.ts')],
    threads: 1,
    limits: { stallMs: 400 },
    logLevel: 'silent',
  })
  const calculator = await system.spawn(Calculator)
  await assert.rejects(calculator.within(20_000).ask.blockAfterAwait(), { code: 'THREAD_LOST' })
  assert.equal(await calculator.ask.compute(1, 1), 'done')
})
