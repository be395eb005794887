import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { at } from '../../../../actors/replica/versions/at.ts'
import { UnknownVersionError } from '../../../../actors/replica/versions/errors.ts'
import { currentVersion } from '../../../../actors/replica/versions/version.ts'
import { change, genesis, objectAt } from './documents.ts'

test('a document is shown as it was, with counters and texts as such', () => {
  const handle = genesis('aa')
  const first = currentVersion(handle)
  change(handle, () => {
    handle.put('_root', 'title', 'later')
    handle.increment('_root', 'votes', 2)
    handle.updateText(objectAt(handle, 'notes'), 'other words')
    handle.delete('_root', 'seal')
  })
  const state = at(handle, first) as Record<string, unknown>
  assert.deepEqual(state, {
    title: 'plan',
    votes: new Counter(3),
    notes: new Text('first words'),
    due: new Date(1_000),
    seal: new Uint8Array([1, 2]),
    tasks: [{ name: 'read' }, 'write', 7],
    owners: { anna: { role: 'lead' }, ben: null },
  })
  assert.ok(state.votes instanceof Counter)
  assert.ok(state.notes instanceof Text)
  assert.equal(String(state.notes), 'first words')
  const later = at(handle, currentVersion(handle)) as Record<string, unknown>
  assert.equal(String(later.notes), 'other words')
  assert.equal((later.votes as Counter).value, 5)
})

test('nobody can change what is shown', () => {
  const handle = genesis('aa')
  const state = at(handle, currentVersion(handle)) as {
    tasks: { name: string }[]
    notes: Text
    votes: Counter
  }
  assert.throws(() => {
    ;(state.tasks[0] as { name: string }).name = 'x'
  }, TypeError)
  assert.throws(() => state.tasks.push({ name: 'x' }), TypeError)
  assert.throws(() => state.notes.insert(0, 'x'), { code: 'READ_ONLY' })
  assert.throws(() => state.votes.increment(), { code: 'READ_ONLY' })
})

test('of two branches each shows its own', () => {
  const [handle, other] = [genesis('aa'), genesis('bb')]
  const mine = change(handle, () => handle.put('_root', 'title', 'mine'))
  const theirs = change(other, () => other.put('_root', 'title', 'theirs'))
  handle.merge(other)
  assert.equal((at(handle, [mine]) as { title: string }).title, 'mine')
  assert.equal((at(handle, [theirs]) as { title: string }).title, 'theirs')
})

test('an unknown version is refused', () => {
  assert.throws(() => at(genesis('aa'), ['ab'.repeat(32)]), UnknownVersionError)
})
