import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at } from '../../../../actors/replica/versions/at.ts'
import { branch, changesToMerge } from '../../../../actors/replica/versions/branch.ts'
import { UnknownVersionError } from '../../../../actors/replica/versions/errors.ts'
import { currentVersion } from '../../../../actors/replica/versions/version.ts'
import { change, genesis, objectAt } from './documents.ts'

test('a branch begins at its version, goes its own way, and comes back', () => {
  const handle = genesis('aa')
  const version = currentVersion(handle)
  change(handle, () => handle.put('_root', 'title', 'later'))
  const draft = branch(handle, version, 'b1')
  assert.deepEqual(currentVersion(draft), version)
  change(draft, () => draft.put(objectAt(draft, 'owners'), 'ben', 'drafts'))
  assert.deepEqual(changesToMerge(draft, handle).length, 1)

  const changes = changesToMerge(handle, draft)
  assert.equal(changes.length, 1)
  handle.applyChanges(changes)
  assert.deepEqual(changesToMerge(handle, draft), [])
  const { title, owners } = at(handle, currentVersion(handle)) as Record<string, unknown>
  assert.deepEqual({ title, owners }, { title: 'later', owners: { anna: { role: 'lead' }, ben: 'drafts' } })
})

test('what a document was saved as can be merged like the document', () => {
  const handle = genesis('aa')
  const draft = branch(handle, currentVersion(handle), 'b1')
  change(draft, () => draft.put('_root', 'title', 'drafted'))
  assert.deepEqual(changesToMerge(handle, draft.save()), changesToMerge(handle, draft))
})

test('damaged bytes are refused', () => {
  const handle = genesis('aa')
  const saved = handle.save()
  const damaged = [new Uint8Array([1, 2, 3]), saved.slice(0, 40), saved.with(20, (saved[20] as number) ^ 1)]
  for (const bytes of damaged)
    assert.throws(() => changesToMerge(handle, bytes), { code: 'DOCUMENT_DAMAGED' })
})

test('there is no branch at an unknown version', () => {
  assert.throws(() => branch(genesis('aa'), ['ab'.repeat(32)], 'b1'), UnknownVersionError)
})
