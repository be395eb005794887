import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Epoch } from '../../../../protocols/replication/epochs/lineage.ts'
import { type Sighting, Sightings } from '../../../../protocols/replication/epochs/sightings.ts'
import { hash } from '../parts.ts'

const LIMITS = { nodes: 3, awayMs: 1_000, awayVolatileMs: 100 }
const NOBODY = new Set<string>()
const lineage: Epoch[] = [3, 4, 5, 6].map((number) => ({ number, hash: hash(number), heads: [hash(9)] }))

function seen(node: string, number: number, atMs = 0, lasting = true): Sighting {
  return { node, number, hash: hash(number), atMs, lasting }
}

function told(...sightings: Sighting[]): Sightings {
  const known = new Sightings(LIMITS)
  known.take(sightings, { own: 'own', teller: 'none', nowMs: 0 })
  return known
}

const lagOf = (known: Sightings, nowMs = 0, linked = NOBODY) => known.lag(lineage, { linked, nowMs })

test('whoever knows nobody waits for nobody', () => {
  assert.equal(lagOf(told()), 0)
})

test('epochs count that began after the one in which the last of the others was seen', () => {
  assert.equal(lagOf(told(seen('a', 6))), 0)
  assert.equal(lagOf(told(seen('a', 6), seen('b', 4), seen('c', 5))), 2)
})

test('one that is in an epoch beside these, or after them, may come back to any of them', () => {
  const beside = { ...seen('a', 5), hash: hash(50) }
  assert.equal(lagOf(told(beside)), 3)
  assert.equal(lagOf(told(seen('a', 7))), 3)
})

test('what is forgotten already is not waited for', () => {
  assert.equal(lagOf(told(seen('a', 2))), 0)
})

test('one that is away for too long is not waited for, unless it is linked', () => {
  const known = () => told(seen('a', 4, 0), seen('b', 3, 0, false))
  assert.equal(lagOf(known(), 100), 3)
  assert.equal(lagOf(known(), 101), 2)
  assert.equal(lagOf(known(), 1_001), 0)
  assert.equal(lagOf(known(), 1_001, new Set(['b'])), 3)
})

test('one for which to wait is in vain is not waited for', () => {
  const known = told(seen('a', 3), seen('b', 5))
  known.forget('a')
  assert.equal(lagOf(known), 1)
})

test('the time that one is away begins when its link ends', () => {
  const known = told(seen('a', 4, 0))
  known.left('a', 900)
  known.left('nobody', 900)
  assert.equal(lagOf(known, 1_900), 2)
  assert.equal(lagOf(known, 1_901), 0)
})

test('the newer of two reports holds, and always what a node says of itself', () => {
  const known = told(seen('a', 5, -10), seen('b', 5, -10))
  known.take([seen('a', 4, -11), seen('b', 4, -11)], { own: 'own', teller: 'b', nowMs: 20 })
  assert.equal(known.of('a')?.number, 5)
  assert.equal(known.of('b')?.number, 4)
})

test('it tells whether a node is heard of for the first time', () => {
  const known = told(seen('a', 5))
  const take = (...news: Sighting[]) => known.take(news, { own: 'own', teller: 'a', nowMs: 2_000 })
  assert.equal(take(seen('a', 6, 2_000)), false)
  assert.equal(take(seen('own', 6, 2_000)), false)
  assert.equal(take(seen('b', 6, 0)), false, 'it is away already')
  assert.equal(take(seen('b', 6, 1_999)), true)
})

test('a clock that is ahead makes nobody stay for longer', () => {
  const known = told(seen('a', 4, 1_000_000))
  assert.equal(known.of('a')?.atMs, 0)
})

test('of too many nodes those are forgotten that were not seen for the longest time', () => {
  const known = told(seen('a', 4, -3), seen('b', 4, -1), seen('c', 4, -4), seen('d', 4, -2))
  assert.deepEqual(known.list.map(({ node }) => node).sort(), ['a', 'b', 'd'])
})

test('what was known is known again after a start', () => {
  const known = told(seen('a', 4), seen('b', 5))
  assert.deepEqual(new Sightings(LIMITS, known.list).list, known.list)
})
