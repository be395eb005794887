import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConflictTracker } from '../../../../actors/replica/conflicts/tracker.ts'
import type { DocumentPatch } from '../../../../actors/replica/document/patch.ts'
import { SAME_PATHS } from '../../../../actors/replica/document/paths.ts'
import { gossip, type Replica, replicas } from './replicas.ts'

function pathsIn(tracker: ConflictTracker, { handle }: Replica): string[] {
  return [...tracker.places(handle)].map(({ path }) => path.join('/')).sort()
}

test('an element is followed to wherever it moves, until its conflict is over', () => {
  const all = replicas(2, { list: ['a', 'b', 'c'], deep: { list: [{ x: 1 }] } }) as [Replica, Replica]
  const [a, b] = all
  const tracker = new ConflictTracker(() => true, SAME_PATHS)
  assert.deepEqual(pathsIn(tracker, a), [])
  for (const replica of all) {
    replica.write(['list', 1], replica === a ? 'mine' : 'theirs')
    replica.write(['deep', 'list', 0, 'x'], replica === a ? 2 : 3)
  }
  const before = a.handle.getHeads()
  a.merge(b)
  tracker.note(() => a.handle, a.handle.diff(before, a.handle.getHeads()) as unknown as DocumentPatch[])
  assert.deepEqual(pathsIn(tracker, a), ['deep/list/0/x', 'list/1'])

  const list = String(a.handle.getWithType('_root', 'list')?.[1])
  a.change((handle) =>
    handle.spliceFromHydrate(
      list,
      0,
      0,
      Array.from({ length: 10 }, (_, index) => `n${index}`),
    ),
  )
  assert.deepEqual(pathsIn(tracker, a), ['deep/list/0/x', 'list/11'])
  a.change((handle) => handle.spliceFromHydrate(list, 0, 11, []))
  assert.deepEqual(pathsIn(tracker, a), ['deep/list/0/x', 'list/0'])
  a.write(['list', 0], 'over')
  assert.deepEqual(pathsIn(tracker, a), ['deep/list/0/x'])
  a.change((handle) => handle.delete('_root', 'deep'))
  assert.deepEqual(pathsIn(tracker, a), [])
})

test('conflicts within what nobody sees are not told', () => {
  const all = replicas(2, { x: 0 }) as [Replica, Replica]
  const [a, b] = all
  a.write(['x'], { y: 1 })
  const copy = a.handle.fork('c1')
  a.write(['x', 'y'], 2)
  copy.put(String(copy.getWithType('_root', 'x')?.[1]), 'y', 3)
  copy.commit(undefined, 1)
  a.take(copy)
  const tracker = new ConflictTracker(() => true, SAME_PATHS)
  assert.deepEqual(pathsIn(tracker, a), ['x/y'])
  // The later number of the two: what is shown is no map any more.
  b.write(['x'], 1)
  b.write(['x'], 2)
  gossip(all)
  assert.equal(a.read(['x']), 2)
  assert.deepEqual(pathsIn(new ConflictTracker(() => true, SAME_PATHS), a), ['x'])
  assert.deepEqual(pathsIn(tracker, a), [])
})

test('only what is followed is remembered', () => {
  const all = replicas(2, { a: 0, b: 0 }) as [Replica, Replica]
  for (const [index, replica] of all.entries()) {
    replica.write(['a'], index + 1)
    replica.write(['b'], index + 1)
  }
  gossip(all)
  assert.deepEqual(pathsIn(new ConflictTracker((path) => path[0] === 'b', SAME_PATHS), all[0]), ['b'])
})

test('where there are more than are remembered, the others are found once there is room', () => {
  const keys = Array.from({ length: 10_050 }, (_, index) => `k${index}`)
  const all = replicas(2, {}) as [Replica, Replica]
  for (const [index, replica] of all.entries())
    replica.change((handle) => {
      for (const key of keys) handle.put('_root', key, index)
    })
  gossip(all)
  const [{ handle }] = all
  const tracker = new ConflictTracker(() => true, SAME_PATHS)
  const found = [...tracker.places(handle)]
  assert.equal(found.length, 10_000)
  all[0].change(() => {
    for (const { slot } of found.slice(0, 9_000)) handle.put('_root', slot.prop, 'over')
  })
  // The first look finds room, the second fills it.
  assert.ok([...tracker.places(handle)].length >= 1_000)
  assert.equal([...tracker.places(handle)].length, 1_050)
})
