import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  mayVote,
  noVotes,
  parentIsClear,
  recordVote,
} from '../../../../protocols/consensus/simplex/guards.ts'
import { viewTimeout } from '../../../../protocols/consensus/simplex/pacemaker.ts'
import { VoteTable } from '../../../../protocols/consensus/simplex/vote-table.ts'
import type { Vote } from '../../../../protocols/consensus/types.ts'
import { setOf } from '../keys.ts'

const BLOCK = 'b'.repeat(64)
const vote = (signer: number, block = BLOCK): Vote => {
  return { kind: 'notarize', epoch: 0, view: 1, block, signer, signature: new Uint8Array(64).fill(signer) }
}

test('votes are checked once they could be a quorum, and no more of them than it takes', () => {
  const table = new VoteTable(setOf([1, 1, 1, 1, 1, 1, 1]))
  for (const signer of [0, 1, 2, 3]) {
    table.add(vote(signer), false)
    assert.deepEqual(table.toCheck(BLOCK), [])
  }
  table.add(vote(4), false)
  const votes = table.toCheck(BLOCK)
  assert.deepEqual(
    votes.map(({ signer }) => signer),
    [0, 1, 2, 3, 4],
  )
  table.add(vote(5), false)
  assert.deepEqual(table.toCheck(BLOCK), [])
  for (const item of votes) table.checked(item, true)
  assert.equal(table.quorum(BLOCK)?.length, 5)
  assert.deepEqual(table.toCheck(BLOCK), [])
})

test('an invalid vote does not count, and others take its place', () => {
  const table = new VoteTable(setOf([1, 1, 1, 1]))
  for (const signer of [0, 1, 2]) table.add(vote(signer), false)
  const votes = table.toCheck(BLOCK)
  for (const item of votes) table.checked(item, item.signer !== 1)
  assert.equal(table.quorum(BLOCK), undefined)
  assert.equal(table.of(1), undefined)
  table.add(vote(3), false)
  assert.deepEqual(
    table.toCheck(BLOCK).map(({ signer }) => signer),
    [3],
  )
  table.checked(table.of(3)!, true)
  assert.deepEqual(
    table.quorum(BLOCK)?.map(({ signer }) => signer),
    [0, 2, 3],
  )
})

test('the first vote of a member counts, for one block, by its stake', () => {
  const table = new VoteTable(setOf([50, 20, 20, 10]))
  table.add(vote(0), true)
  table.add(vote(0, 'd'.repeat(64)), true)
  table.add(vote(1, 'd'.repeat(64)), true)
  assert.equal(table.quorum(BLOCK), undefined)
  assert.equal(table.quorum('d'.repeat(64)), undefined)
  table.add(vote(2), true)
  assert.deepEqual(
    table.quorum(BLOCK)?.map(({ signer }) => signer),
    [0, 2],
  )
})

test('a vote known to be valid replaces the same one that is not checked yet', () => {
  const table = new VoteTable(setOf([1, 1, 1, 1]))
  for (const signer of [0, 1, 2]) table.add(vote(signer), false)
  const checking = table.toCheck(BLOCK)
  table.add(vote(0), true)
  table.checked(checking[0]!, false)
  assert.ok(table.knows(0, BLOCK, new Uint8Array(64).fill(0)))
  assert.ok(!table.knows(0, BLOCK, new Uint8Array(64).fill(9)))
  assert.ok(!table.knows(0, BLOCK, new Uint8Array(3)))
  assert.ok(!table.knows(1, BLOCK, new Uint8Array(64).fill(1)))
  for (const item of checking.slice(1)) table.checked(item, true)
  assert.equal(table.quorum(BLOCK)?.length, 3)
})

test('votes of one member for ever other blocks take no memory', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const table = new VoteTable(setOf([1, 1, 1, 1]))
  const flood = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const block = i.toString(16).padStart(64, '0')
      table.add(vote(0, block), false)
      assert.deepEqual([table.toCheck(block), table.quorum(block)], [[], undefined])
    }
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = flood(0, 1_000)
  assert.ok(flood(1_000, 100_000) - before < 2_000_000)
})

test('what was claimed for a block by invalid votes alone is forgotten', () => {
  const table = new VoteTable(setOf([1, 1, 1, 1]))
  for (const signer of [0, 1, 2]) table.add(vote(signer), false)
  for (const item of table.toCheck(BLOCK)) table.checked(item, false)
  assert.deepEqual([table.toCheck(BLOCK), table.quorum(BLOCK)], [[], undefined])
  for (const signer of [0, 1, 2]) table.add(vote(signer), true)
  assert.equal(table.quorum(BLOCK)?.length, 3)
})

test('an honest validator notarizes once, and does not both nullify and finalize', () => {
  const own = noVotes()
  assert.ok(mayVote(own, 'notarize') && mayVote(own, 'nullify') && mayVote(own, 'finalize'))
  recordVote(own, 'notarize', BLOCK)
  assert.ok(!mayVote(own, 'notarize') && mayVote(own, 'nullify') && mayVote(own, 'finalize'))
  recordVote(own, 'finalize', BLOCK)
  assert.ok(!mayVote(own, 'nullify') && !mayVote(own, 'finalize'))
  const late = noVotes()
  recordVote(late, 'nullify', BLOCK)
  assert.ok(!mayVote(late, 'notarize') && !mayVote(late, 'nullify') && !mayVote(late, 'finalize'))
})

test('a parent is clear where each view after it is nullified', () => {
  const nullified = new Set([4, 5])
  const isNullified = (view: number) => nullified.has(view)
  assert.ok(parentIsClear(3, 6, isNullified) && parentIsClear(6, 7, isNullified))
  assert.ok(!parentIsClear(2, 6, isNullified) && !parentIsClear(3, 7, isNullified))
})

test('patience grows with views in a row, up to a bound', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((missed) => viewTimeout(100, missed)),
    [100, 100, 100, 150, 225],
  )
  assert.equal(viewTimeout(100, 1_000), 3_200)
})
