import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError, NotSendableError } from '../../../runtime/index.ts'
import { Offloader } from '../../actors-under-test/streaming.ts'
import { PLACES, startSystem } from '../../support/systems.ts'
import { errorOf } from '../../support/until.ts'

for (const { place, threads } of PLACES) {
  test(`an actor ${place} has a function run apart from all actors`, async () => {
    await using system = await startSystem({ threads })
    const offloader = await system.spawn(Offloader)
    assert.equal(await offloader.ask.run('fibonacci', [15]), 610)
    assert.equal(await offloader.ask.run('apart', []), true)
  })

  test(`an error of what an actor ${place} offloads reaches it with name, message and code`, async () => {
    await using system = await startSystem({ threads })
    const offloader = await system.spawn(Offloader)
    const error = (await offloader.ask.error('fails', [])) as Error & { code?: string }
    assert.ok(error instanceof RangeError)
    assert.deepEqual([error.message, error.code], ['too much', 'E_MUCH'])
  })

  test(`an actor ${place} is told where there is no such function`, async () => {
    await using system = await startSystem({ threads })
    const offloader = await system.spawn(Offloader)
    for (const fn of ['missing', 'notAFunction']) {
      const error = (await offloader.ask.error(fn, [])) as Error
      assert.ok(error instanceof InvalidOptionError, String(error))
      assert.match(error.message, new RegExp(`offloaded\\.ts exports no function "${fn}"`))
    }
  })

  test(`what an actor ${place} offloads can be aborted and has a deadline where one is given`, async () => {
    await using system = await startSystem({ threads })
    const offloader = await system.spawn(Offloader)
    assert.equal(((await offloader.ask.runAndAbort(20)) as Error).name, 'AbortError')
    assert.equal(((await offloader.ask.runAborted()) as Error).name, 'AbortError')
    const late = (await offloader.ask.error('never', [], 20)) as Error
    assert.ok(['AbortError', 'TimeoutError'].includes(late.name), late.name)
    assert.equal(await offloader.ask.run('fibonacci', [5]), 5, 'the pool goes on')
  })

  test(`what an actor ${place} offloads can be given and give only what may be sent`, async () => {
    await using system = await startSystem({ threads })
    const offloader = await system.spawn(Offloader)
    assert.ok((await errorOf(offloader.ask.run('givesFunction', []))) instanceof Error)
    const refused = (await errorOf(offloader.ask.run('fibonacci', [{ deep: Symbol('x') }]))) as Error
    assert.ok(refused instanceof NotSendableError)
  })
}
