import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Counter, Mirror } from '../actors-under-test/basics.ts'
import { Worker } from '../actors-under-test/supervised.ts'
import { PLACES, startSystem } from '../support/systems.ts'

for (const { place, threads } of PLACES) {
  test(`an actor ${place} is found by its path`, async () => {
    await using system = await startSystem({ threads })
    const counter = await system.spawn(Counter, { name: 'counter', args: [3] })
    const found = await system.lookup('/user/counter')
    assert.ok(found?.equals(counter))
    assert.equal(await (found as typeof counter).ask.add(1), 4)
  })

  test(`an actor ${place} is found below others, by a name or without one`, async () => {
    await using system = await startSystem({ threads })
    const top = await system.spawn(Worker, { name: 'top' })
    const middle = await top.ask.spawnChild('middle')
    const bottom = await middle.ask.spawnChild('bottom')
    assert.ok((await system.lookup('/user/top/middle/bottom'))?.equals(bottom))
    const anonymous = await system.spawn(Counter)
    assert.match(anonymous.path, /^\/user\/\$[0-9a-z]+$/)
    assert.ok((await system.lookup(anonymous.path))?.equals(anonymous))
  })

  test(`an actor ${place} can look others up`, async () => {
    await using system = await startSystem({ threads })
    const [mirror, counter] = [await system.spawn(Mirror), await system.spawn(Counter, { name: 'counter' })]
    assert.ok((await mirror.ask.lookup('/user/counter'))?.equals(counter))
    assert.equal(await mirror.ask.lookup('/user/other'), undefined)
  })
}

test('a path that leads to no actor finds undefined', async () => {
  await using system = await startSystem()
  const counter = await system.spawn(Counter, { name: 'counter' })
  for (const path of [
    '',
    '/',
    'user/counter',
    '/user/other',
    '/user/counter/below',
    '/nowhere',
    '/user//counter',
    '/user/$zz',
  ])
    assert.equal(await system.lookup(path), undefined, path)
  await system.stop(counter)
  assert.equal(await system.lookup('/user/counter'), undefined)
})

test('the roots themselves are found', async () => {
  await using system = await startSystem({ threads: 1 })
  assert.equal((await system.lookup('/user'))?.path, '/user')
  assert.equal((await system.lookup('/system'))?.path, '/system')
})

test('actors of different threads are found from one path to the other', async () => {
  await using system = await startSystem({ threads: 1, pools: { other: { threads: 1 } } })
  const here = await system.spawn(Mirror, { name: 'here' })
  const there = await system.spawn(Counter, { name: 'there', pool: 'other' })
  const found = await here.ask.lookup('/user/there')
  assert.ok(found?.equals(there))
  assert.notEqual((await here.ask.thread()).worker, 0)
})
