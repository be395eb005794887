import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Offered, Offers } from '../../../../protocols/consensus/sync/offers.ts'
import { crypto, keyOf, setOf } from '../keys.ts'

const offered = (id: string, epoch = 1) => ({ id, epoch, manifest: {} }) as Offered

test('the one that most stake stands for is the best, of equal ones the newest', () => {
  const offers = new Offers(crypto)
  const validators = setOf([30, 30, 20, 20])
  assert.equal(offers.best(validators), undefined)
  offers.add(keyOf(0), offered('a', 1), validators)
  offers.add(keyOf(1), offered('b', 2), validators)
  assert.equal(offers.best(validators)!.offered.id, 'b')
  assert.ok(!offers.best(validators)!.isVouchedFor)
  offers.add(keyOf(2), offered('a', 1), validators)
  assert.deepEqual(offers.peersOf('a'), [keyOf(0), keyOf(2)])
  const best = offers.best(validators)!
  assert.deepEqual([best.offered.id, best.isVouchedFor], ['a', true])
})

test('more than a third of the stake vouches for one, and strangers for none', () => {
  const offers = new Offers(crypto)
  const validators = setOf([34, 33, 33])
  for (const stranger of [5, 6, 7]) offers.add(keyOf(stranger), offered('c'), validators)
  offers.add(keyOf(0), offered('a'), validators)
  offers.add(keyOf(1), offered('b'), validators)
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((id) => offers.isVouchedFor(id, validators)),
    [true, false, false, false],
  )
  offers.remove(keyOf(0))
  assert.ok(!offers.isVouchedFor('a', validators))
})

test('a peer stands for what it offered last, and what least stake stands for makes room', () => {
  const offers = new Offers(crypto)
  const validators = setOf([1, 1, 1])
  offers.add(keyOf(0), offered('a'), validators)
  offers.add(keyOf(0), offered('b'), validators)
  assert.deepEqual([offers.has(keyOf(0), 'a'), offers.has(keyOf(0), 'b')], [false, true])
  for (let stranger = 3; stranger < 40; stranger++)
    offers.add(keyOf(stranger), offered(`${stranger}`), validators)
  const left = Array.from({ length: 37 }, (_, i) => offers.peersOf(`${i + 3}`)).flat()
  assert.equal(left.length, 15)
  assert.deepEqual(offers.peersOf('b'), [keyOf(0)])
})
