import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { at, stateAt } from '../../../../actors/replica/versions/at.ts'
import { type DiffOptions, diff, type Edit } from '../../../../actors/replica/versions/diff.ts'
import { UnknownVersionError } from '../../../../actors/replica/versions/errors.ts'
import { currentVersion } from '../../../../actors/replica/versions/version.ts'
import { anyEdit, change, edit, genesis, objectAt } from './documents.ts'

type Tree = Record<string | number, unknown>

/** Makes an edit on a plain tree, after it has checked that the edit tells the truth of what was there. */
function make(root: Tree, one: Edit): void {
  const parent = one.path.slice(0, -1).reduce<Tree>((tree, key) => tree[key] as Tree, root)
  const key = one.path.at(-1) as string | number
  if (one.kind === 'insert')
    return void (parent as unknown as unknown[]).splice(Number(key), 0, structured(one.after))
  if (one.kind === 'move') {
    const list = parent as unknown as unknown[]
    return void list.splice(one.to, 0, ...list.splice(Number(key), 1))
  }
  if ('before' in one) assert.deepEqual(plain(parent[key]), plain(one.before))
  else assert.ok(!(key in parent))
  if (one.kind === 'delete') {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete parent[key]
  } else if (one.kind === 'text') parent[key] = new Text(one.after)
  else if (one.kind === 'increment') parent[key] = new Counter(one.after)
  else parent[key] = structured(one.after)
}

function plain(value: unknown): unknown {
  return value instanceof Text || value instanceof Counter ? value.toJSON() : value
}

/** A copy that can be changed. */
function structured(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structured)
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, structured(part)]))
}

test('the edits, made on the older state, give the newer, in both directions', () => {
  const series = fc.array(fc.tuple(fc.nat(1), anyEdit), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(series, (edits) => {
      const replicas = [genesis('aa'), genesis('bb')] as const
      const [handle, other] = replicas
      const older = currentVersion(handle)
      for (const [who, one] of edits) change(replicas[who as 0 | 1], (doc) => edit(doc, one))
      handle.merge(other)
      const newer = currentVersion(handle)
      for (const [from, to] of [
        [older, newer],
        [newer, older],
      ] as const) {
        const tree = stateAt(handle, from) as Tree
        const { edits: told, complete } = diff(handle, from, to)
        assert.ok(complete)
        for (const one of told) make(tree, one)
        assert.deepEqual(tree, at(handle, to))
      }
      handle.free()
      other.free()
    }),
    { numRuns: 100 },
  )
})

test('each kind of edit is told with what was there before and after', () => {
  const handle = genesis('aa')
  const older = currentVersion(handle)
  change(handle, () => {
    handle.put('_root', 'title', 'other')
    handle.putObjectFromHydrate('_root', 'risks', { high: ['fire'] })
    handle.delete('_root', 'seal')
    handle.increment('_root', 'votes', 2)
    handle.increment('_root', 'votes', -5)
    handle.updateText(objectAt(handle, 'notes'), 'final words!')
    const tasks = objectAt(handle, 'tasks')
    handle.delete(tasks, 0)
    handle.spliceFromHydrate(tasks, 1, 0, ['check', { name: 'send' }])
    handle.put(objectAt(handle, 'owners', 'anna'), 'role', 'guest')
  })
  const { edits } = diff(handle, older, currentVersion(handle))
  assert.deepEqual(
    [...edits].sort((a, b) => String(a.path).localeCompare(String(b.path)) || a.kind.localeCompare(b.kind)),
    [
      {
        kind: 'text',
        path: ['notes'],
        before: 'first words',
        after: 'final words!',
        splices: edits.find((edit) => edit.kind === 'text')?.splices,
      },
      { kind: 'put', path: ['owners', 'anna', 'role'], before: 'lead', after: 'guest' },
      { kind: 'put', path: ['risks'], after: { high: ['fire'] } },
      { kind: 'delete', path: ['seal'], before: new Uint8Array([1, 2]) },
      { kind: 'delete', path: ['tasks', 0], before: { name: 'read' } },
      { kind: 'insert', path: ['tasks', 1], after: 'check' },
      { kind: 'insert', path: ['tasks', 2], after: { name: 'send' } },
      { kind: 'put', path: ['title'], before: 'plan', after: 'other' },
      { kind: 'increment', path: ['votes'], before: 3, after: 0 },
    ],
  )
  assert.ok(Object.isFrozen(edits[0]))
})

test('between equal versions there is nothing, and a conflict alone is no edit', () => {
  const [handle, other] = [genesis('aa'), genesis('bb')]
  change(handle, () => handle.put('_root', 'title', 'lower'))
  change(other, () => other.put('_root', 'title', 'higher'))
  other.merge(handle)
  const version = currentVersion(other)
  assert.deepEqual(diff(other, version, version), { edits: [], complete: true })
})

test('a diff stops at its limit and says so', () => {
  const handle = genesis('aa')
  const older = currentVersion(handle)
  change(handle, () => handle.spliceFromHydrate(objectAt(handle, 'tasks'), 0, 0, [1, 2, 3, 4]))
  const { edits, complete } = diff(handle, older, currentVersion(handle), { limit: 3 })
  assert.equal(edits.length, 3)
  assert.equal(complete, false)
  for (const limit of [0, 2.5, 100_001, null])
    assert.throws(() => diff(handle, older, older, { limit } as DiffOptions), { code: 'INVALID_OPTION' })
})

test('both versions have to be known', () => {
  const handle = genesis('aa')
  const known = currentVersion(handle)
  assert.throws(() => diff(handle, known, ['ab'.repeat(32)]), UnknownVersionError)
  assert.throws(() => diff(handle, ['ab'.repeat(32)], known), UnknownVersionError)
})

test('edits of a text far apart are made again as they were, and not as one edit of all between them', () => {
  const handle = genesis('aa')
  const notes = objectAt(handle, 'notes')
  change(handle, () => handle.splice(notes, 0, 0, 'x'.repeat(5_000)))
  const older = currentVersion(handle)
  const before = at(handle, older) as { notes: Text }
  change(handle, () => {
    handle.splice(notes, 0, 1, 'begin ')
    handle.splice(notes, 4_990, 0, ' end')
  })
  const { edits } = diff(handle, older, currentVersion(handle))
  const [edit] = edits
  assert.ok(edit?.kind === 'text')
  assert.ok(edit.splices.reduce((sum, { remove, insert }) => sum + remove + insert.length, 0) < 20)
  let text = before.notes.toString()
  for (const { at: place, remove, insert } of edit.splices)
    text = text.slice(0, place) + insert + text.slice(place + remove)
  assert.equal(text, edit.after)
  handle.free()
})
