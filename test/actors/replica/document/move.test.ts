import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document } from '../../../../actors/replica/document/document.ts'
import { InvalidValueError } from '../../../../actors/replica/document/errors.ts'
import { move } from '../../../../actors/replica/document/move.ts'

const BY = { author: '/user/agent-1' }

test('a moved element is where it was to be, and the others keep their order, here and on other replicas', () => {
  const index = fc.nat({ max: 4 })
  fc.assert(
    fc.property(fc.array(fc.tuple(index, index), { minLength: 1, maxLength: 8 }), (moves) => {
      const initial = { list: [{ n: 0 }, 'one', [2], { n: 3 }, 4] }
      const open = (actor: string) =>
        Document.create({ id: 'agent-state/s', type: 'agent-state', actor, initial })
      const [here, there, model] = [open('aa'), open('bb'), structuredClone(initial.list)]
      here.edit((draft) => {
        for (const [from, to] of moves) move(draft.list, from, to)
      }, BY)
      for (const [from, to] of moves) model.splice(to, 0, ...model.splice(from, 1))
      assert.deepEqual(here.view().list, model)
      here.commit(0)
      there.receive(here.changesSince(there.heads))
      assert.deepEqual(there.view().list, model)
    }),
    { numRuns: 100 },
  )
})

test('what is no element of a list can not be moved, nor to where none is', () => {
  const list = ['a', 'b']
  for (const [from, to] of [
    [2, 0],
    [0, 2],
    [-1, 0],
    [0.5, 1],
  ] as const)
    assert.throws(() => move(list, from, to), InvalidValueError)
  assert.deepEqual(list, ['a', 'b'])
})
