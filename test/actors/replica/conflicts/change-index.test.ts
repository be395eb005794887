import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ChangeIndex } from '../../../../actors/replica/conflicts/change-index.ts'
import { createHandle, type Handle } from '../../../../actors/replica/document/automerge.ts'
import { replicas } from './replicas.ts'

/** The change of each operation, by reading all of the history. */
function allOperations(handle: Handle): [op: string, hash: string][] {
  return handle
    .getChangesMeta([])
    .flatMap(({ actor, startOp, maxOp, hash }) =>
      Array.from({ length: maxOp - startOp + 1 }, (_, offset): [string, string] => [
        `${startOp + offset}@${actor}`,
        hash,
      ]),
    )
}

test('every operation is found in its change, also in changes that come later and in any order of questions', () => {
  const step = fc.record({
    who: fc.nat(2),
    from: fc.nat(2),
    size: fc.integer({ min: 1, max: 4 }),
    ask: fc.nat(1_000),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const all = replicas(3, { x: 0 })
      const indexes = all.map(() => new ChangeIndex())
      for (const [number, { who, from, size, ask }] of steps.entries()) {
        const replica = all[who] as (typeof all)[number]
        if (who === from)
          replica.change((handle) => {
            for (let key = 0; key < size; key++) handle.put('_root', `k${key}`, number)
          })
        else replica.merge(all[from] as typeof replica)
        const known = allOperations(replica.handle)
        const [op, hash] = known[ask % known.length] as [string, string]
        assert.equal(indexes[who]?.hashOf(replica.handle, op), hash)
      }
      for (const [who, { handle }] of all.entries())
        for (const [op, hash] of allOperations(handle)) assert.equal(indexes[who]?.hashOf(handle, op), hash)
      for (const { handle } of all) handle.free()
    }),
    { numRuns: 60 },
  )
})

test('a question about something recent reads only as much of the history as it has to', () => {
  const handle = createHandle('aa')
  for (let number = 1; number <= 300; number++) {
    handle.put('_root', 'x', number)
    handle.commit(undefined, number)
  }
  const index = new ChangeIndex()
  assert.ok(index.hashOf(handle, '298@aa'))
  assert.equal(index.size, 3)
  handle.put('_root', 'x', 0)
  const newest = handle.commit(undefined, 1)
  assert.equal(index.hashOf(handle, '301@aa'), newest)
  assert.equal(index.size, 4)
  assert.equal(index.hashOf(handle, '999@aa'), undefined)
  assert.equal(index.hashOf(handle, '1@bb'), undefined)
  assert.equal(index.size, 301)
})
