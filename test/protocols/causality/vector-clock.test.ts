import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MAX_CLOCK_ENTRIES, VectorClock } from '../../../protocols/causality/vector-clock.ts'
import { ClockLimitError, InvalidOptionError } from '../../../protocols/errors.ts'
import { smallClocks } from './arbitraries.ts'

const clock = (counts: Record<string, number>) => new VectorClock(Object.entries(counts))
const entries = (of: VectorClock) => Object.fromEntries([...of.clocks].sort())
const numbered = (count: number, prefix: string) =>
  new VectorClock(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, 1] as const))

/** The order by its definition: no count of the first is above the second's. */
function isWithin(a: VectorClock, b: VectorClock): boolean {
  return [...a.clocks.keys()].every((node) => a.get(node) <= b.get(node))
}

test('a tick counts one operation of its node, and a node that is not there has none', () => {
  const a = new VectorClock()
  assert.equal(a.get('a'), 0)
  a.tick('a')
  a.tick('a')
  a.tick('b')
  assert.deepEqual(entries(a), { a: 2, b: 1 })
  assert.ok(a.clocks instanceof Map)
})

test('the four ways in which two clocks compare', () => {
  assert.equal(clock({}).compare(clock({})), 'equal')
  assert.equal(clock({ a: 1 }).compare(clock({ a: 1 })), 'equal')
  assert.equal(clock({}).compare(clock({ a: 1 })), 'before')
  assert.equal(clock({ a: 1 }).compare(clock({ a: 1, b: 1 })), 'before')
  assert.equal(clock({ a: 2, b: 1 }).compare(clock({ a: 1 })), 'after')
  assert.equal(clock({ a: 2 }).compare(clock({ a: 1, b: 1 })), 'concurrent')
  assert.equal(clock({ a: 1 }).compare(clock({ b: 1 })), 'concurrent')
})

test('an update takes over what the other has seen; a merge leaves both as they are', () => {
  const a = clock({ a: 3, b: 1 })
  const b = clock({ b: 2, c: 1 })
  assert.deepEqual(entries(a.merge(b)), { a: 3, b: 2, c: 1 })
  assert.deepEqual(entries(a), { a: 3, b: 1 })
  a.update(b)
  assert.deepEqual(entries(a), { a: 3, b: 2, c: 1 })
  assert.deepEqual(entries(b), { b: 2, c: 1 })
})

test('a clone goes its own way', () => {
  const a = clock({ a: 1 })
  const copy = a.clone()
  copy.tick('a')
  assert.deepEqual([a.get('a'), copy.get('a')], [1, 2])
})

test('a count of 0 is as if the node were not there', () => {
  const a = new VectorClock([
    ['a', 4],
    ['a', 0],
    ['b', 0],
  ])
  assert.equal(a.clocks.size, 0)
  assert.equal(a.compare(new VectorClock()), 'equal')
})

test('counts that are no counts, and ids that are no ids, are refused', () => {
  for (const bad of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1' as unknown as number])
    assert.throws(
      () => clock({ a: bad }),
      (error) => error instanceof InvalidOptionError && error.message.includes('the count of node "a"'),
    )
  for (const bad of ['', 'x'.repeat(256), '\uD800', 7 as unknown as string]) {
    assert.throws(() => new VectorClock([[bad, 1]]), InvalidOptionError)
    assert.throws(() => new VectorClock().tick(bad), /a node id has to be a well-formed text/)
  }
})

test('a count at its largest is refused one more, and stays', () => {
  const a = clock({ a: Number.MAX_SAFE_INTEGER })
  assert.throws(() => a.tick('a'), ClockLimitError)
  assert.equal(a.get('a'), Number.MAX_SAFE_INTEGER)
})

test('a clock takes so many nodes and no more, and is unchanged by what it refuses', () => {
  const full = numbered(MAX_CLOCK_ENTRIES, 'n')
  full.tick('n0')
  full.update(full.clone())
  assert.throws(() => full.tick('one more'), ClockLimitError)
  assert.throws(() => full.update(clock({ n0: 9, other: 1 })), ClockLimitError)
  assert.throws(() => numbered(MAX_CLOCK_ENTRIES + 1, 'n'), ClockLimitError)
  assert.deepEqual([full.clocks.size, full.get('n0'), full.get('other')], [MAX_CLOCK_ENTRIES, 2, 0])
})

test('compare is the partial order of the definition', () => {
  fc.assert(
    fc.property(smallClocks, smallClocks, (a, b) => {
      const [within, contains] = [isWithin(a, b), isWithin(b, a)]
      const expected = within ? (contains ? 'equal' : 'before') : contains ? 'after' : 'concurrent'
      assert.equal(a.compare(b), expected)
    }),
    { numRuns: 1_000 },
  )
})

test('compare is reflexive, antisymmetric and transitive', () => {
  const reverse = { before: 'after', after: 'before', equal: 'equal', concurrent: 'concurrent' }
  fc.assert(
    fc.property(smallClocks, smallClocks, smallClocks, (a, b, c) => {
      assert.equal(a.compare(a.clone()), 'equal')
      assert.equal(b.compare(a), reverse[a.compare(b)])
      if (a.compare(b) === 'equal') assert.deepEqual(entries(a), entries(b))
      if (a.compare(b) === 'before' && b.compare(c) === 'before') assert.equal(a.compare(c), 'before')
    }),
    { numRuns: 1_000 },
  )
})

test('a tick is after what it was', () => {
  fc.assert(
    fc.property(smallClocks, fc.constantFrom('a', 'z'), (a, node) => {
      const before = a.clone()
      a.tick(node)
      assert.equal(before.compare(a), 'before')
    }),
  )
})

test('merge is the least upper bound: commutative, associative, idempotent', () => {
  fc.assert(
    fc.property(smallClocks, smallClocks, smallClocks, (a, b, c) => {
      const merged = a.merge(b)
      assert.ok(isWithin(a, merged) && isWithin(b, merged))
      if (isWithin(a, c) && isWithin(b, c)) assert.ok(isWithin(merged, c))
      assert.deepEqual(entries(merged), entries(b.merge(a)))
      assert.deepEqual(entries(merged.merge(c)), entries(a.merge(b.merge(c))))
      assert.deepEqual(entries(a.merge(a)), entries(a))
      const updated = a.clone()
      updated.update(b)
      assert.equal(updated.compare(merged), 'equal')
    }),
    { numRuns: 1_000 },
  )
})

test('a clock can be logged', () => {
  assert.equal(JSON.stringify(clock({ a: 1, b: 2 })), '{"a":1,"b":2}')
  assert.equal(JSON.stringify(new VectorClock([['__proto__', 3]])), '{"__proto__":3}')
})
