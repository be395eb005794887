import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../runtime/index.ts'
import { TestSystem } from '../../../runtime/testing/index.ts'
import { Recorder } from '../../actors-under-test/basics.ts'
import { Alarm } from '../../actors-under-test/streaming.ts'
import { modules, PLACES, startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

for (const { place, threads } of PLACES) {
  test(`a timer of an actor ${place} runs once`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const alarm = await system.spawn(Alarm, { args: [log] })
    await alarm.ask.after(10, 'rang')
    await until('it rang', async () => (await log.ask.heard()).length > 0)
    await pause(30)
    assert.deepEqual(await log.ask.heard(), ['rang'])
  })

  test(`a timer of an actor ${place} that repeats does so until it is ended`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const alarm = await system.spawn(Alarm, { args: [log] })
    await alarm.ask.every(5, 'tick')
    await until('it has ticked', async () => (await log.ask.heard()).length >= 3)
    await alarm.ask.end()
    const { length } = await log.ask.heard()
    await pause(30)
    assert.equal((await log.ask.heard()).length, length)
  })
}

test('a timer runs once its time has come and not before, and never where it is ended in time', async () => {
  await using system = await TestSystem.start({ modules })
  const log = await system.spawn(Recorder)
  const alarm = await system.spawn(Alarm, { args: [log] })
  await alarm.ask.after(20, 'rang')
  await system.advance(19)
  assert.deepEqual(await log.ask.heard(), [])
  await system.advance(1)
  assert.deepEqual(await log.ask.heard(), ['rang'])
  await alarm.ask.after(20, 'rang again')
  await alarm.ask.end()
  await system.advance(100)
  assert.deepEqual(await log.ask.heard(), ['rang'])
})

test('timers end with the instance that set them', async () => {
  await using system = await startSystem()
  const log = await system.spawn(Recorder)
  const [failed, stopped] = [
    await system.spawn(Alarm, { args: [log] }),
    await system.spawn(Alarm, { args: [log] }),
  ]
  await failed.ask.every(10, 'tick')
  await failed.ask.after(20, 'rang')
  await stopped.ask.every(10, 'tick')
  await errorOf(failed.ask.boom())
  await system.stop(stopped)
  await failed.ask.ping()
  const { length } = await log.ask.heard()
  await pause(50)
  assert.equal((await log.ask.heard()).length, length)
})

test('a tick that finds the one before it under way is left out', async () => {
  await using system = await startSystem()
  const log = await system.spawn(Recorder)
  const alarm = await system.spawn(Alarm, { args: [log] })
  await alarm.ask.everySlowly(2, 15)
  await until('it has ticked', async () => (await log.ask.heard()).length >= 4)
  await alarm.ask.end()
  assert.ok(!(await log.ask.heard()).includes('overlap'))
})

test('a timer that throws fails its actor', async () => {
  await using system = await startSystem()
  const restarted = new Promise<string>(
    (resolve) => void system.on('restart', ({ exit }) => resolve(String(exit.error?.message))),
  )
  const alarm = await system.spawn(Alarm, { args: [await system.spawn(Recorder)] })
  await alarm.ask.afterwardsThrow(1)
  assert.equal(await restarted, 'the timer failed')
  assert.equal(await alarm.ask.ping(), 'pong')
})

test('times that are no times are refused', async () => {
  await using system = await startSystem()
  const alarm = await system.spawn(Alarm, { args: [await system.spawn(Recorder)] })
  for (const [how, name] of [
    ['after', 'timers.after()'],
    ['every', 'timers.every()'],
    ['sleep', 'sleep()'],
  ] as const) {
    const error = await errorOf(alarm.ask.wrong(how))
    assert.ok(error instanceof InvalidOptionError)
    assert.ok(error.message.includes(name), error.message)
  }
  assert.throws(() => alarm.within(-1), InvalidOptionError)
})
