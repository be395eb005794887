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

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function take({ who, other, place, does }: Step, nodes: readonly Node[]): void {
  const one = nodes[who % nodes.length] as Node
  const two = nodes[other % nodes.length] as Node
  if (does === 'restart') one.restart()
  else if (does === 'edit' || does === 'edit again') one.edit(place, does === 'edit again')
  else if (does === 'roll over') one.lineage.length < 8 && one.rollOver()
  else if (one !== two) one.meet(two)
}

function checkNode({ document }: Node, nodes: readonly Node[]): void {
  assert.deepEqual(document.heads, nodes[0]?.document.heads)
  assert.deepEqual(plain(document.view()), plain(nodes[0]?.document.view()))
  const { total, mine, list } = document.view()
  const expected = nodes.filter(({ edits }) => edits > 0).map(({ name, edits }) => [name, edits])
  assert.deepEqual({ ...mine }, Object.fromEntries(expected))
  assert.equal(
    total.value,
    nodes.reduce((sum, { edits }) => sum + (edits * (edits + 1)) / 2, 0),
  )
  assert.equal(
    list.length,
    nodes.reduce((sum, { edits }) => sum + edits, 0),
  )
  document.save()
}

test('nodes that begin epochs whenever they like come together, with every edit of everybody once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.array(step, { maxLength: 40 }), (count, steps) => {
      const nodes = Array.from({ length: count }, (_, index) => new Node(`node${index}`))
      for (const each of steps) take(each, nodes)
      for (let round = 0; round < 3; round++)
        for (const one of nodes) for (const other of nodes) if (one !== other) one.meet(other)
      for (const node of nodes) checkNode(node, nodes)
    }),
    { numRuns: 150 },
  )
})
