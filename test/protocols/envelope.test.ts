import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AskChain, describeCycle, findInChain } from '../../protocols/envelope.ts'

/** Who asked whom, the first asker first. */
function chain(...askers: [path: string, thread: number, serial: number][]): AskChain | null {
  return askers.reduce<AskChain | null>((up, [path, thread, serial]) => ({ path, thread, serial, up }), null)
}

test('an actor is found in a chain by its address, not by its path', () => {
  const asking = chain(['/user/a', 1, 7], ['/user/b', 2, 7])
  assert.equal(findInChain(asking, { thread: 1, serial: 7 })?.path, '/user/a')
  assert.equal(findInChain(asking, { thread: 2, serial: 7 })?.path, '/user/b')
  assert.equal(findInChain(asking, { thread: 3, serial: 7 }), null)
  assert.equal(findInChain(null, { thread: 1, serial: 7 }), null)
})

test('a cycle is told from the actor where it begins round to itself', () => {
  const asking = chain(['/user/main', 0, 1], ['/user/a', 1, 7], ['/user/b', 2, 7])
  assert.equal(describeCycle(asking, { thread: 1, serial: 7 }, '/user/a'), '/user/a -> /user/b -> /user/a')
})

test('an actor that asks itself is a cycle of one', () => {
  assert.equal(
    describeCycle(chain(['/user/a', 1, 7]), { thread: 1, serial: 7 }, '/user/a'),
    '/user/a -> /user/a',
  )
})
