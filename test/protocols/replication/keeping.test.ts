import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batches } from '../../../protocols/replication/broadcast.ts'
import { Keeping, SELF } from '../../../protocols/replication/keeping.ts'
import { hash, limitsWith } from './parts.ts'

test('everyone who wants to hear of a change is told once, and nobody is asked for what only it wants', () => {
  const keeping = new Keeping(limitsWith())
  keeping.want(hash(1), SELF)
  keeping.want(hash(1), 'one')
  keeping.want(hash(2), 'one')
  assert.deepEqual(keeping.wantedFrom('one'), [hash(1)])
  assert.deepEqual(keeping.wantedFrom('other'), [hash(1), hash(2)])
  assert.deepEqual(keeping.wantedFrom('other', [hash(2), hash(3)]), [hash(2)])
  assert.deepEqual(
    [...keeping.settle([hash(1), hash(2)])],
    [
      [SELF, [hash(1)]],
      ['one', [hash(1), hash(2)]],
    ],
  )
  assert.equal(keeping.settle([hash(1)]).size, 0)
})

test('with too many, what peers want is given up first, and of the own the oldest', () => {
  const keeping = new Keeping(limitsWith({ trackedHashes: 2, listedHashes: 1 }))
  keeping.want(hash(1), SELF)
  keeping.want(hash(2), 'one')
  assert.equal(keeping.want(hash(3), SELF), undefined)
  assert.ok(!keeping.has(hash(2)))
  assert.equal(keeping.want(hash(4), SELF), hash(1))
  assert.equal(keeping.wantedFrom('one').length, 1)
})

test('a peer that is gone wants nothing', () => {
  const keeping = new Keeping(limitsWith())
  keeping.want(hash(1), 'one')
  keeping.want(hash(2), 'one')
  keeping.want(hash(2), SELF)
  keeping.forget('one')
  assert.equal(keeping.size, 1)
})

test('changes are cut into batches by number and bytes, and a large one goes alone', () => {
  const changes = [4, 4, 4, 30, 1].map((size, index) => ({ hash: hash(index), bytes: new Uint8Array(size) }))
  const cut = [...batches(changes, limitsWith({ batchChanges: 2, batchBytes: 10 }))]
  assert.deepEqual(
    cut.map(({ changes }) => changes.map(({ byteLength }) => byteLength)),
    [[4, 4], [4], [30], [1]],
  )
})
