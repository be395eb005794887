import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HashRing } from '../../../actors/router/hash-ring.ts'

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 12 })
const keys = fc.array(fc.string(), { maxLength: 200 })

test('a key has the same node however the nodes are listed', () => {
  fc.assert(
    fc.property(names, keys, fc.infiniteStream(fc.nat(1_000)), (nodes, all, order) => {
      const shuffled = nodes.toSorted(() => (order.next().value as number) - 500)
      const [one, other] = [new HashRing(nodes), new HashRing(shuffled)]
      for (const key of all) assert.equal(nodes[one.nodeOf(key)], shuffled[other.nodeOf(key)])
    }),
  )
})

test('a node that is added takes keys, and moves none between the others', () => {
  fc.assert(
    fc.property(names, fc.string({ minLength: 21, maxLength: 30 }), keys, (nodes, added, all) => {
      const [before, after] = [new HashRing(nodes), new HashRing([...nodes, added])]
      for (const key of all) {
        const node = [...nodes, added][after.nodeOf(key)]
        assert.ok(node === added || node === nodes[before.nodeOf(key)])
      }
    }),
  )
})

test('a node that is added takes about its share', () => {
  const nodes = Array.from({ length: 8 }, (_, n) => `/user/team/routee-${n}`)
  const all = Array.from({ length: 20_000 }, (_, n) => `key ${n}`)
  const [before, after] = [new HashRing(nodes), new HashRing([...nodes, '/user/team/routee-8'])]
  const moved = all.filter((key) => before.nodeOf(key) !== after.nodeOf(key)).length
  assert.ok(moved > all.length / 18 && moved < (2 * all.length) / 9, `${moved} of ${all.length} keys moved`)
})

test('keys are spread over all nodes', () => {
  const nodes = Array.from({ length: 10 }, (_, n) => `node ${n}`)
  const ring = new HashRing(nodes)
  const counts = new Array<number>(10).fill(0)
  for (let n = 0; n < 50_000; n++) counts[ring.nodeOf(`user-${n}`)]!++
  assert.ok(Math.min(...counts) > 2_500 && Math.max(...counts) < 10_000, counts.join())
})
