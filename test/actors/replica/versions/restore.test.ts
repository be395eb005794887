import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeChange } from '../../../../actors/replica/document/automerge.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { insert } from '../../../../actors/replica/document/write.ts'
import { at } from '../../../../actors/replica/versions/at.ts'
import { UnknownVersionError } from '../../../../actors/replica/versions/errors.ts'
import { history } from '../../../../actors/replica/versions/history.ts'
import { restore } from '../../../../actors/replica/versions/restore.ts'
import { currentVersion, type Version } from '../../../../actors/replica/versions/version.ts'
import { anyEdit, change, edit, genesis, objectAt } from './documents.ts'

const BY = { author: '/user/anna', nowMs: 5_000 }

test('after any edits, by any replicas, the state is that of the version again and the history has one change more', () => {
  const series = fc.array(fc.tuple(fc.nat(1), anyEdit), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(series, series, fc.boolean(), (before, after, mixed) => {
      const handle = genesis('aa')
      const other = genesis('bb')
      const replicas = [handle, other]
      for (const [who, one] of before) change(replicas[who] as typeof handle, (doc) => edit(doc, one))
      handle.merge(other)
      const version = currentVersion(handle)
      const state = at(handle, version)
      for (const [who, one] of after) change(replicas[who] as typeof handle, (doc) => edit(doc, one))
      if (mixed) handle.merge(other)
      const later = currentVersion(handle)
      const bytes = restore(handle, version, BY)
      assert.deepEqual(currentVersion(handle), later, 'the document itself is left as it is')
      if (bytes) {
        handle.applyChanges([bytes])
        assert.deepEqual(decodeChange(bytes).deps.sort(), later)
      }
      assert.deepEqual(at(handle, currentVersion(handle)), state)
      assert.equal(restore(handle, version, BY), null)
      handle.free()
      other.free()
    }),
    { numRuns: 100 },
  )
})

test('what lasts is changed in place, so that edits made meanwhile by others are kept', () => {
  const handle = genesis('aa')
  const version = currentVersion(handle)
  const owners = objectAt(handle, 'owners')
  const notes = objectAt(handle, 'notes')
  change(handle, () => {
    handle.put(owners, 'ben', 'x')
    handle.increment('_root', 'votes', 5)
    handle.updateText(notes, 'first and last words')
  })
  const other = handle.fork('bb')
  change(other, () => {
    other.put(owners, 'cleo', 'new')
    other.increment('_root', 'votes', 1)
    other.updateText(notes, 'first and last words.')
  })
  handle.applyChanges([restore(handle, version, BY) as Uint8Array])
  handle.merge(other)
  const state = at(handle, currentVersion(handle)) as Record<string, unknown>
  assert.deepEqual(state.owners, { anna: { role: 'lead' }, ben: null, cleo: 'new' })
  assert.deepEqual(state.votes, Object.freeze(new Counter(4)))
  assert.equal(String(state.notes), 'first words.')
})

test('a restored version says who went back, and its change is the next of the replica', () => {
  const handle = genesis('aa')
  const version = currentVersion(handle)
  change(handle, () => handle.put('_root', 'title', 'other'))
  const bytes = restore(handle, version, { ...BY, message: 'the other was worse' }) as Uint8Array
  const { actor, seq, time } = decodeChange(bytes)
  assert.deepEqual({ actor, seq, time }, { actor: 'aa', seq: 2, time: 5 })
  handle.applyChanges([bytes])
  assert.deepEqual(history(handle, { limit: 1 }).entries[0]?.authors, [
    { author: '/user/anna', message: 'the other was worse', operations: 1 },
  ])
  const previous = history(handle).entries[1]?.version as Version
  handle.applyChanges([restore(handle, previous, BY) as Uint8Array])
  assert.equal((at(handle, currentVersion(handle)) as { title: string }).title, 'other')
})

test('an array of texts and counters comes back element by element', () => {
  const handle = genesis('aa')
  const tasks = objectAt(handle, 'tasks')
  change(handle, () => handle.spliceFromHydrate(tasks, 1, 0, [new Counter(1), new Text('ab')]))
  const version = currentVersion(handle)
  change(handle, () => {
    handle.increment(tasks, 1, 6)
    handle.updateText(objectAt(handle, 'tasks', 2), 'abc')
    handle.delete(tasks, 0)
    handle.spliceFromHydrate(tasks, 0, 0, ['x', 'y', 'z'])
  })
  handle.applyChanges([restore(handle, version, BY) as Uint8Array])
  const { tasks: restored } = at(handle, currentVersion(handle)) as { tasks: unknown[] }
  assert.deepEqual(restored, [
    { name: 'read' },
    Object.freeze(new Counter(1)),
    Object.freeze(new Text('ab')),
    'write',
    7,
  ])
})

test('numbers of every size come back in arrays', () => {
  const handle = genesis('aa')
  const tasks = objectAt(handle, 'tasks')
  const numbers = [2 ** 53, Number.MAX_SAFE_INTEGER, -1e300, Number.POSITIVE_INFINITY]
  change(handle, () => insert(handle, tasks, 0, 3, numbers))
  const version = currentVersion(handle)
  change(handle, () => handle.splice(tasks, 0, 4))
  handle.applyChanges([restore(handle, version, BY) as Uint8Array])
  assert.deepEqual((at(handle, currentVersion(handle)) as { tasks: unknown[] }).tasks, numbers)
})

test('an unknown version is refused', () => {
  assert.throws(() => restore(genesis('aa'), ['ab'.repeat(32)], BY), UnknownVersionError)
})
