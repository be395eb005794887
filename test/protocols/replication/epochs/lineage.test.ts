import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compareEpochs,
  decide,
  type Epoch,
  follow,
  trimmed,
} from '../../../../protocols/replication/epochs/lineage.ts'

const epoch = (number: number, hash: string): Epoch => ({ number, hash, heads: number === 0 ? [] : [hash] })

/** By names such as `1b`. */
const lineage = (names: string) => names.split(' ').map((name) => epoch(Number(name[0]), name))

test('the greater epoch is the one with the greater number, and then the one with the greater hash', () => {
  const sorted = ['0a', '1b', '1a', '2a'].map((name) => lineage(name)[0] as Epoch).sort(compareEpochs)
  assert.deepEqual(
    sorted.map(({ hash }) => hash),
    ['0a', '1a', '1b', '2a'],
  )
  assert.equal(compareEpochs(sorted[0] as Epoch, sorted[0] as Epoch), 0)
})

test('who is in the lesser epoch goes back to what both have in common and follows from there', () => {
  const [own, theirs] = [lineage('0a 1a 2a'), lineage('0a 1b 2b 3b')]
  const decision = decide(own, theirs)
  assert.ok(decision.kind === 'follow')
  const { common, back, forth } = decision.route
  const names = (epochs: readonly Epoch[]) => epochs.map(({ hash }) => hash).join(' ')
  assert.deepEqual([common.hash, names(back), names(forth)], ['0a', '1a 2a', '1b 2b 3b'])
  assert.equal(names(follow(own, decision.route, 8)), '0a 1b 2b 3b')
  assert.equal(names(follow(own, decision.route, 2)), '1b 2b 3b')
  assert.equal(decide(theirs, own).kind, 'ahead')
})

test('who is behind only follows, and who is in the same epoch stays', () => {
  const decision = decide(lineage('0a 1a'), lineage('1a 2a'))
  assert.deepEqual(decision.kind === 'follow' && [decision.route.back, decision.route.forth.length], [[], 1])
  assert.equal(decide(lineage('0a 1a'), lineage('1a')).kind, 'same')
})

test('where nothing is remembered of both, they stay apart', () => {
  assert.equal(decide(lineage('3a 4a'), lineage('3b 4b 5b')).kind, 'apart')
  assert.equal(decide(lineage('3b 4b 5b'), lineage('3a 4a')).kind, 'apart')
})

test('the oldest epochs are forgotten', () => {
  assert.deepEqual(trimmed(lineage('0a 1a 2a'), 1), lineage('1a 2a'))
  assert.deepEqual(trimmed(lineage('0a'), 1), lineage('0a'))
})
