import assert from 'node:assert/strict'
import { test } from 'node:test'
import { child, InvalidOptionError, supervisor } from '../../../runtime/index.ts'
import { Visitor } from '../../actors-under-test/local.ts'
import { startSystem } from '../../support/systems.ts'

test('an actor lives on the thread that it asks for, the starting one included', async () => {
  await using system = await startSystem({ threads: 2, pools: { other: { threads: 1 } } })
  for (const thread of [0, 1, 2, 3]) {
    const visitor = await system.spawn(Visitor, { thread })
    assert.equal(await visitor.ask.thread(), thread)
  }
})

test('a child of a supervisor as well', async () => {
  await using system = await startSystem({ threads: 2 })
  const team = await system.spawn(supervisor({ children: { second: child(Visitor, [], { thread: 2 }) } }))
  assert.equal(await (await team.child('second')).ask.thread(), 2)
})

test('a thread that is not there is named with those that are', async () => {
  await using system = await startSystem({ threads: 1 })
  await assert.rejects(system.spawn(Visitor, { thread: 7 }), (error: Error) => {
    assert.ok(error instanceof InvalidOptionError)
    assert.match(error.message, /no thread 7; the threads are 0, 1/)
    return true
  })
})

test('a pool and a thread together are refused', async () => {
  await using system = await startSystem({ threads: 1 })
  await assert.rejects(system.spawn(Visitor, { thread: 1, pool: 'default' }), InvalidOptionError)
})
