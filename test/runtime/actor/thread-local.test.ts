import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ThreadLocal } from '../../../runtime/index.ts'
import { Visitor } from '../../actors-under-test/local.ts'
import { startSystem } from '../../support/systems.ts'

test('actors of one thread share what a ThreadLocal keeps, those of another have their own', async () => {
  await using system = await startSystem({ threads: 2 })
  const here = await system.spawn(Visitor, { thread: 1 })
  const neighbour = await system.spawn(Visitor, { thread: 1 })
  const elsewhere = await system.spawn(Visitor, { thread: 2 })
  assert.equal(await here.ask.visit(), 1)
  assert.equal(await neighbour.ask.visit(), 2)
  assert.equal(await elsewhere.ask.visit(), 1)
})

test('a thread that is replaced begins anew', async () => {
  await using system = await startSystem({ threads: 1 })
  const visitor = await system.spawn(Visitor)
  await visitor.ask.visit()
  const lost = new Promise((resolve) => system.on('threadLost', resolve))
  visitor.tell.endThread()
  await lost
  assert.equal(await visitor.ask.visit(), 1)
})

test('two systems in one process share nothing', async () => {
  const made = new ThreadLocal(() => ({}))
  await using one = await startSystem()
  await using other = await startSystem()
  assert.equal(made.of(one), made.of(one))
  assert.notEqual(made.of(one), made.of(other))
})
