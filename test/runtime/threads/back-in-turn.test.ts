import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ActorSystem, child, supervisor } from '../../../runtime/index.ts'
import { Answerer, Asker, Saboteur } from './back-in-turn-actors.ts'

test('an actor that is back on its thread before one it refers to still reaches it', async () => {
  await using system = await ActorSystem.start({
    modules: [import.meta.resolve('./back-in-turn-actors.ts')],
    threads: 1,
    logLevel: 'silent',
  })
  const late = await system.spawn(supervisor({ children: { answerer: child(Answerer) } }), { name: 'late' })
  const answerer = await late.child('answerer')
  const early = await system.spawn(supervisor({ children: { asker: child(Asker, [answerer]) } }))
  const asker = await early.child('asker')
  assert.equal(await asker.ask.ask(), 'here')

  const restarted = Promise.withResolvers<void>()
  let restarts = 0
  system.on('restart', () => ++restarts === 2 && restarted.resolve())
  const saboteur = await system.spawn(Saboteur, { restart: 'temporary' })
  saboteur.tell.strike()
  await restarted.promise
  assert.equal(await asker.within(20_000).ask.ask(), 'here')
})
