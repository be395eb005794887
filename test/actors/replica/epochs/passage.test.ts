import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { plain } from '../document/plain.ts'
import { Node } from './nodes.ts'

const step = fc.record({
  who: fc.nat(),
  other: fc.nat(),
  place: fc.nat(),
  does: fc.constantFrom('edit', 'edit', 'edit', 'edit again', 'meet', 'roll over', 'restart'),
})

test('nodes that begin epochs whenever they like come together, with every edit of everybody once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.array(step, { maxLength: 40 }), (count, steps) => {
      const nodes = Array.from({ length: count }, (_, index) => new Node(`node${index}`))
      for (const { who, other, place, does } of steps) {
        const one = nodes[who % count] as Node
        const two = nodes[other % count] as Node
        if (does === 'meet') one !== two && one.meet(two)
        else if (does === 'roll over') one.lineage.length < 8 && one.rollOver()
        else if (does === 'restart') one.restart()
        else one.edit(place, does === 'edit again')
      }
      for (let round = 0; round < 3; round++)
        for (const one of nodes) for (const other of nodes) if (one !== other) one.meet(other)
      const edits = nodes.map(({ edits }) => edits)
      for (const { document } of nodes) {
        assert.deepEqual(document.heads, nodes[0]?.document.heads)
        assert.deepEqual(plain(document.view()), plain(nodes[0]?.document.view()))
        const { total, mine, list } = document.view()
        assert.equal(
          total.value,
          edits.reduce((sum, each) => sum + (each * (each + 1)) / 2, 0),
        )
        for (const [index, each] of edits.entries())
          assert.equal(mine[`node${index}`], each === 0 ? undefined : each)
        assert.equal(
          list.length,
          edits.reduce((sum, each) => sum + each, 0),
        )
        document.save()
      }
    }),
    { numRuns: 150, endOnFailure: true },
  )
})
