import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Counter, Recorder, ReentrantRecorder } from '../../actors-under-test/basics.ts'
import { PLACES, startSystem } from '../../support/systems.ts'
import { hasEnded, until } from '../../support/until.ts'

for (const { place, threads } of PLACES) {
  test(`a thousand busy actors ${place} all have their turns, and the event loop too`, async () => {
    await using system = await startSystem({ threads })
    const actors = await Promise.all(Array.from({ length: 1_000 }, () => system.spawn(Counter)))
    let rounds = 0
    const loop = setInterval(() => rounds++)
    for (let n = 0; n < 50; n++) for (const actor of actors) actor.tell.add(1)
    const totals = await Promise.all(actors.map((actor) => actor.within(20_000).ask.total()))
    clearInterval(loop)
    assert.ok(totals.every((total) => total === 50))
    assert.ok(rounds > 0)
  })

  test(`an actor ${place} handles one message at a time, unless it is reentrant`, async () => {
    await using system = await startSystem({ threads })
    const [plain, reentrant] = [await system.spawn(Recorder), await system.spawn(ReentrantRecorder)]
    plain.tell.hold(60_000)
    const held = reentrant.ask.hold(60_000)
    plain.tell.release()
    reentrant.tell.release()
    await held
    assert.equal(await hasEnded(plain.ask.heard()), false)
  })
}

test('what is busy all the time still lets timers run', async () => {
  await using system = await startSystem()
  const recorder = await system.spawn(Recorder)
  let ended = false
  const timer = new Promise<void>((resolve) => setTimeout(resolve, 30))
  void timer.then(() => {
    ended = true
  })
  await until('the timer has run', async () => {
    await recorder.ask.hear(1)
    return ended
  })
})

test('an actor with endless work does not keep another from its turn', async () => {
  await using system = await startSystem({ limits: { turnMessages: 4, mailboxSize: 200_000 } })
  const [busy, other] = [await system.spawn(Counter, { name: 'busy' }), await system.spawn(Counter)]
  for (let n = 0; n < 100_000; n++) busy.tell.add(1)
  await other.ask.add(1)
  const left = (await system.inspect()).find(({ path }) => path === '/user/busy')!
  assert.ok(left.mailbox > 0, 'the other was answered while messages wait')
  assert.equal(await busy.within(30_000).ask.total(), 100_000)
})
