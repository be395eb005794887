import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Recorder } from '../../actors-under-test/basics.ts'
import { Deferring } from '../../actors-under-test/local.ts'
import { startSystem } from '../../support/systems.ts'

test('what an actor defers runs once when its instance ends, by a failure and by a stop', async () => {
  await using system = await startSystem()
  const log = await system.spawn(Recorder)
  const actor = await system.spawn(Deferring, { args: [log] })
  await assert.rejects(actor.ask.boom())
  await actor.ask.settled()
  assert.deepEqual(await log.ask.heard(), ['ended'])
  await system.stop(actor)
  assert.deepEqual(await log.ask.heard(), ['ended', 'ended'])
})

test('what was taken back does not run, and what throws keeps nothing from running', async () => {
  const ran: string[] = []
  const system = await startSystem()
  system.defer(() => {
    throw new Error('out of order')
  })
  system.defer(() => void ran.push('kept'))
  const takeBack = system.defer(() => void ran.push('taken back'))
  takeBack()
  await system.shutdown()
  assert.deepEqual(ran, ['kept'])
})
