/** Versions of documents in which elements of lists are moved. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document } from '../../../../actors/replica/document/document.ts'
import { move } from '../../../../actors/replica/document/move.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { applyEdits } from '../../../../actors/replica/versions/apply.ts'
import { at } from '../../../../actors/replica/versions/at.ts'
import { branch, changesToMerge } from '../../../../actors/replica/versions/branch.ts'
import { diff } from '../../../../actors/replica/versions/diff.ts'
import { restore } from '../../../../actors/replica/versions/restore.ts'
import { currentVersion } from '../../../../actors/replica/versions/version.ts'
import { plain } from '../document/plain.ts'
import { chooser, randomEdit } from '../document/random-edit.ts'

type Root = Record<string, unknown>

const BY = { author: '/user/anna' }
const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }

function open(actor: string): Document<Root> {
  const list = Array.from({ length: 5 }, (_, n) => ({ n, within: [{ a: n }, { b: n }] }))
  return Document.create<Root>({ ...OPTIONS, actor, initial: { list } })
}

const numbers = fc.array(fc.nat(), { minLength: 8, maxLength: 40 })
const edits = fc.array(
  fc.record({ who: fc.nat(1), choices: numbers, moves: fc.array(fc.nat(), { minLength: 2, maxLength: 2 }) }),
  { minLength: 1, maxLength: 10 },
)

function edit(draft: Root, choices: number[], [from = 0, to = 0]: number[]): void {
  const { list } = draft
  if (Array.isArray(list) && list.length > 0 && (choices[0] as number) % 3 > 0)
    move(list, from % list.length, to % list.length)
  else randomEdit(draft, chooser(choices))
}

function tell(from: Document<Root>, to: Document<Root>): void {
  from.commit(0)
  to.commit(0)
  to.receive(from.changesSince(to.heads))
}

test('versions before and after moves are what they were, differ by edits that lead there, and can be restored', () => {
  fc.assert(
    fc.property(edits, edits, fc.boolean(), (before, after, mixed) => {
      const replicas = [open('aa'), open('bb')]
      const [one, other] = replicas as [Document<Root>, Document<Root>]
      const run = (steps: typeof before) => {
        for (const { who, choices, moves } of steps) {
          replicas[who]?.edit((draft) => edit(draft, choices, moves), BY)
          replicas[who]?.commit(0)
        }
      }
      run(before)
      tell(other, one)
      const version = currentVersion(one.handle)
      const state = plain(one.view())
      run(after)
      if (mixed) tell(other, one)
      const later = currentVersion(one.handle)
      assert.deepEqual(plain(at(one.handle, version)), state)
      assert.deepEqual(plain(at(one.handle, later)), plain(one.view()))
      for (const [from, to] of [
        [version, later],
        [later, version],
      ] as const) {
        const fork = branch(one.handle, from, 'cc')
        const draft = Document.load<Root>({ ...OPTIONS, actor: 'dd' }, [fork.save()])
        const { edits: told } = diff(one.handle, from, to)
        draft.edit((root) => applyEdits(root, told), BY)
        assert.deepEqual(plain(draft.view()), plain(at(one.handle, to)))
        fork.free()
      }
      const bytes = restore(one.handle, version, { ...BY, nowMs: 1_000 })
      if (bytes) one.receive([bytes])
      assert.deepEqual(plain(one.view()), state)
      assert.equal(restore(one.handle, version, { ...BY, nowMs: 1_000 }), null)
      tell(one, other)
      tell(other, one)
      assert.deepEqual(plain(one.view()), plain(other.view()))
    }),
    { numRuns: 100, endOnFailure: true },
  )
})

test('a move is told as one, and taken back in the place where the element is', () => {
  const [one, other] = [open('aa'), open('bb')]
  const version = currentVersion(one.handle)
  one.edit(({ list }) => move(list as unknown[], 0, 3), BY)
  one.commit(0)
  const moved = currentVersion(one.handle)
  assert.deepEqual(diff(one.handle, version, moved).edits, [{ kind: 'move', path: ['list', 0], to: 3 }])
  other.edit(({ list }) => {
    ;(list as Root[])[0]!.n = 100
  }, BY)
  one.receive([restore(one.handle, version, { ...BY, nowMs: 1_000 }) as Uint8Array])
  tell(other, one)
  assert.deepEqual(
    (one.view().list as Root[]).map(({ n }) => n),
    [100, 1, 2, 3, 4],
  )
})

test('what was moved in a branch is moved where it is merged', () => {
  const [one, other] = [open('aa'), open('bb')]
  other.edit(({ list }) => move(list as unknown[], 4, 0), BY)
  other.commit(0)
  one.edit(({ list }) => (list as Root[]).push({ n: 5 }), BY)
  one.commit(0)
  one.receive(changesToMerge(one.handle, other.save()))
  assert.deepEqual(
    (one.view().list as Root[]).map(({ n }) => n),
    [4, 0, 1, 2, 3, 5],
  )
})

test('scalars between elements that were moved are where they were, too', () => {
  const initial = { list: ['s', { n: 1 }, 't'] as unknown[] }
  const document = Document.create<typeof initial>({ ...OPTIONS, actor: 'aa', initial })
  document.edit(({ list }) => move(list, 1, 0), BY)
  document.commit(0)
  const version = currentVersion(document.handle)
  document.edit(({ list }) => {
    move(list, 0, 2)
    ;(list[2] as { n: number }).n = 2
  }, BY)
  document.commit(0)
  assert.deepEqual(document.view().list, ['s', 't', { n: 2 }])
  document.receive([restore(document.handle, version, { ...BY, nowMs: 1_000 }) as Uint8Array])
  assert.deepEqual(document.view().list, [{ n: 1 }, 's', 't'])
})

test('a counter or a text that a number or a string has replaced is replaced where the edits are made again', () => {
  const initial: Root = { count: new Counter(1), list: [new Counter(2), new Text('x')] }
  const document = Document.create<Root>({ ...OPTIONS, actor: 'aa', initial })
  const again = Document.create<Root>({ ...OPTIONS, actor: 'bb', initial })
  const version = currentVersion(document.handle)
  document.edit((draft) => {
    delete draft.count
    draft.count = 5
    draft.list = [6, 'y']
  }, BY)
  document.commit(0)
  const { edits: told } = diff(document.handle, version, currentVersion(document.handle))
  again.edit((draft) => applyEdits(draft, told), BY)
  assert.deepEqual(again.view(), document.view())
  const fresh = Document.create<Root>({ ...OPTIONS, actor: 'cc', initial })
  const places = [0, 1].map((at) => ({ kind: 'put', path: ['list', at], after: at }) as const)
  fresh.edit((draft) => applyEdits(draft, places), BY)
  assert.deepEqual(fresh.view().list, [0, 1])
})
