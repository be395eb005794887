/** Conflicts in lists in which elements are moved. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Conflicts } from '../../../../actors/replica/conflicts/conflicts.ts'
import type { ConflictRules } from '../../../../actors/replica/conflicts/rules.ts'
import { Document } from '../../../../actors/replica/document/document.ts'
import { move } from '../../../../actors/replica/document/move.ts'

interface State {
  tasks: { id: string; owner: string }[]
  tags: unknown
}

const BY = { author: '/user/anna' }

function open(actor: string): Document<State> {
  const initial = { tasks: ['a', 'b', 'c'].map((id) => ({ id, owner: '' })), tags: [] }
  return Document.create<State>({ id: 'agent-state/s', type: 'agent-state', actor, initial })
}

function follow(document: Document<State>, rules: ConflictRules): Conflicts {
  const conflicts = new Conflicts(rules, document)
  conflicts.list(document.handle)
  document.onPatches((patches) => conflicts.note(() => document.handle, patches))
  return conflicts
}

function tell(from: Document<State>, to: Document<State>): void {
  from.commit(0)
  to.commit(0)
  to.receive(from.changesSince(to.heads))
}

test('moving the same element at once is no conflict', () => {
  const [one, other] = [open('aa'), open('bb')]
  const conflicts = follow(one, { '**': 'manual' })
  one.edit(({ tasks }) => move(tasks, 0, 1), BY)
  other.edit(({ tasks }) => move(tasks, 0, 2), BY)
  tell(other, one)
  assert.deepEqual(conflicts.list(one.handle).conflicts, [])
  assert.deepEqual(conflicts.list(one.handle, { lastWriter: true }).conflicts, [])
})

test('a conflict in a moved element is told and decided where it is shown', () => {
  const [one, other] = [open('aa'), open('bb')]
  const conflicts = follow(one, { 'tasks/*/owner': 'manual' })
  one.edit(({ tasks }) => {
    move(tasks, 0, 2)
    ;(tasks[2] as { owner: string }).owner = 'anna'
  }, BY)
  other.edit(({ tasks }) => {
    ;(tasks[0] as { owner: string }).owner = 'ben'
  }, BY)
  tell(other, one)
  const [conflict] = conflicts.list(one.handle).conflicts
  assert.deepEqual(conflict?.path, ['tasks', 2, 'owner'])
  assert.deepEqual(conflicts.list(one.handle, { lastWriter: true }).conflicts[0]?.path, conflict.path)
  one.edit(({ tasks }) => move(tasks, 2, 1), BY)
  one.commit(0)
  const again = conflicts.list(one.handle).conflicts[0]
  assert.ok(again)
  assert.deepEqual(again.path, ['tasks', 1, 'owner'])
  one.applyOwn(conflicts.decide(one.handle, again, { value: 'cleo' }, { ...BY, nowMs: 0 }).bytes)
  assert.deepEqual(one.view().tasks[1], { id: 'a', owner: 'cleo' })
  assert.deepEqual(conflicts.list(one.handle).conflicts, [])
})

test('a conflict is still known after it was asked for while edits were pending', () => {
  const [one, other] = [open('aa'), open('bb')]
  const conflicts = follow(one, { 'tasks/*/owner': 'manual' })
  one.edit(({ tasks }) => move(tasks, 0, 2), BY)
  for (const document of [one, other])
    document.edit(({ tasks }) => {
      for (const task of tasks) if (task.id === 'c') task.owner = document.actor
    }, BY)
  tell(other, one)
  one.edit(({ tasks }) => {
    tasks.splice(2, 1)
    tasks.splice(0, 1)
  }, BY)
  assert.equal(conflicts.list(one.handle).conflicts.length, 1)
  one.commit(0)
  assert.deepEqual(
    conflicts.list(one.handle).conflicts.map(({ path }) => path),
    [['tasks', 0, 'owner']],
  )
})

test('lists that are united are so as they are shown', () => {
  const [one, other] = [open('aa'), open('bb')]
  for (const [document, names] of [
    [one, ['x', 'y', 'z']],
    [other, ['v', 'w', 'x']],
  ] as const) {
    document.edit((state) => {
      state.tags = names.map((name) => ({ name }))
    }, BY)
    document.commit(0)
    document.edit(({ tags }) => move(tags as unknown[], 2, 0), BY)
  }
  const conflicts = follow(one, { tags: 'union' })
  tell(other, one)
  tell(one, other)
  for (const { bytes } of conflicts.settle(one.handle).resolutions) {
    one.applyOwn(bytes)
    other.receive([bytes])
  }
  const names = (one.view().tags as { name: string }[]).map(({ name }) => name)
  assert.deepEqual(names.toSorted(), ['v', 'w', 'x', 'y', 'z'])
  assert.deepEqual(other.view(), one.view())
  assert.deepEqual(conflicts.list(one.handle, { lastWriter: true }).conflicts, [])
})
