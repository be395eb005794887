import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Document } from '../../../../actors/replica/document/document.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'

interface Plan {
  title: string
  tasks: { n: number; tags?: string[] }[]
  votes: Counter
  notes: Text
  owners: Record<string, string>
}

// biome-ignore lint/suspicious/noExplicitAny: a document of any shape
type Anything = Record<string, any>

const BY = { author: '/user/agent-1' }

function plan(actor: string): Document<Plan> {
  const initial = { title: 't', tasks: [], votes: new Counter(0), notes: new Text('hello'), owners: {} }
  return Document.create<Plan>({ id: 'coordination-plan/p', type: 'coordination-plan', actor, initial })
}

test('two replicas of one shape begin with the same genesis, whatever the order of its keys', () => {
  const type = { id: 'agent-state/s', type: 'agent-state' }
  const one = Document.create({ ...type, actor: 'aa', initial: { a: 1, b: { c: [], d: 'x' } } })
  const other = Document.create({ ...type, actor: 'bb', initial: { b: { d: 'x', c: [] }, a: 1 } })
  assert.deepEqual(one.heads, other.heads)
  assert.equal(one.heads.length, 1)
  assert.deepEqual(one.view(), other.view())
})

test('an edit sees its own writes at once, and others see them once they are committed', () => {
  const here = plan('aa')
  const there = plan('bb')
  const operations = here.edit((draft) => {
    draft.title = 'a plan'
    draft.tasks.push({ n: 1, tags: ['x'] })
    draft.tasks[0]?.tags?.push('y')
    draft.votes.increment(2)
    draft.notes.insert(5, ', world')
    assert.equal(draft.tasks[0]?.tags?.length, 2)
    assert.equal(draft.votes.value, 2)
  }, BY)
  assert.deepEqual([operations, here.pending], [5, 5])
  const change = here.commit(1_000)
  assert.ok(change !== null && here.pending === 0)
  assert.deepEqual(
    there.receive([change.bytes]).applied.map(({ hash }) => hash),
    [change.hash],
  )
  assert.deepEqual(there.view(), here.view())
  assert.deepEqual(there.heads, here.heads)
  assert.equal(String(there.view().notes), 'hello, world')
})

test('a document that was given back says so, whatever is asked of it; views of it stay readable', () => {
  const document = plan('aa')
  const view = document.view()
  const state = document.newSync()
  const change = plan('bb')
  change.edit((draft) => void (draft.title = 'b'), BY)
  const bytes = change.commit(0)?.bytes as Uint8Array
  document.free()
  document.free()
  const calls: (() => unknown)[] = [
    () => document.view(),
    () => document.edit((draft) => void (draft.title = 'x'), BY),
    () => document.commit(0),
    () => document.receive([bytes]),
    () => document.applyOwn(bytes),
    () => document.changesSince([]),
    () => document.has(change.heads[0] as string),
    () => document.changeByHash(change.heads[0] as string),
    () => document.changesByHash([change.heads[0] as string]),
    () => document.generateSync(state),
    () => document.receiveSync(state, change.generateSync(change.newSync()) as Uint8Array),
    () => document.save(),
    () => document.heads,
    () => document.handle,
    () => document.actor,
    () => document.epoch,
    () => document.restart('cc', change.save()),
  ]
  for (const call of calls) assert.throws(call, { code: 'DOCUMENT_CLOSED', message: /coordination-plan\/p/ })
  assert.equal(view.title, 't')
})

test('what is pending has to be committed before changes of others are applied', () => {
  const [here, there] = [plan('aa'), plan('bb')]
  there.edit((draft) => void (draft.title = 'there'), BY)
  const bytes = there.commit(0)?.bytes as Uint8Array
  here.edit((draft) => draft.votes.increment(), BY)
  assert.throws(() => here.receive([bytes]), { code: 'EDITS_PENDING' })
  here.commit(0)
  here.receive([bytes])
  assert.deepEqual([here.view().title, here.view().votes.value], ['there', 1])
})

test('a document tells what it has: changes by their hashes, and those that are not known elsewhere', () => {
  const here = plan('aa')
  const { heads } = here
  here.edit((draft) => void (draft.title = 'x'), { author: '/user/a', message: 'renamed' })
  const change = here.commit(5_000)
  assert.ok(change !== null)
  assert.deepEqual(change.deps, heads)
  assert.ok(here.has(change.hash) && !here.has('00'.repeat(32)))
  assert.deepEqual(here.changeByHash(change.hash), change.bytes)
  assert.equal(here.changeByHash('00'.repeat(32)), undefined)
  const listed = here.changesByHash([change.hash, '00'.repeat(32)])
  assert.deepEqual(listed, [{ hash: change.hash, bytes: change.bytes }])
  assert.deepEqual(here.changesSince(heads), [change.bytes])
  assert.equal(here.clock.get('aa'), 1)
  const { message, time } = here.handle.getChangeMetaByHash(change.hash) ?? {}
  assert.deepEqual([message, time], ['{"v":1,"by":[["/user/a","renamed",1]]}', 5])
})

test('edits of several authors become one change that names each of them and what for', () => {
  const here = plan('aa')
  for (const author of ['/user/a', '/user/b', '/user/a'])
    here.edit((draft) => draft.votes.increment(), { author })
  const change = here.commit(0)
  assert.equal(change?.operations, 1)
  const message = here.handle.getChangeMetaByHash(change?.hash as string)?.message
  assert.equal(message, '{"v":1,"by":[["/user/a",null,2],["/user/b",null,1]]}')
  assert.equal(here.commit(0), null)
})

test('a view is frozen in all its parts, also in what has been written since the one before', () => {
  const document = Document.create<Anything>({
    ...{ id: 'agent-state/s', type: 'agent-state', actor: 'aa' },
    initial: { a: { b: { c: 1 } }, list: [{ x: 1 }] },
  })
  const steps: ((draft: Anything) => void)[] = [
    (draft) => (draft.a.b.c = 2),
    (draft) => (draft.a.new = { d: { e: [1] } }),
    (draft) => (draft.a.new.d.f = {}),
    (draft) => (draft.list[0].x = 2),
    (draft) => (draft.a.b = { c: { d: 1 } }),
    (draft) => void delete draft.a.new,
  ]
  for (const step of [() => undefined, ...steps]) {
    document.edit(step, { author: '/user/agent-1' })
    assertFrozen(document.view())
    document.commit(0)
    assertFrozen(document.view())
  }
})

function assertFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  assert.ok(Object.isFrozen(value))
  for (const part of Object.values(value)) assertFrozen(part)
}

test('a large map has the keys that were written and not those that were deleted, in each view', () => {
  const entries = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`e${i}`, i]))
  const document = Document.create<{ entries: Record<string, number> }>({
    ...{ id: 'agent-state/s', type: 'agent-state', actor: 'aa', initial: { entries } },
  })
  const model = { ...entries }
  for (let round = 0; round < 30; round++) {
    const edit = ({ entries }: { entries: Record<string, number> }) => {
      entries[`e${round * 7}`] = -round
      if (round % 3 === 0) entries[`new ${round}`] = round
      if (round % 4 === 0) delete entries[`e${round}`]
      if (round % 8 === 0) entries[`e${round}`] = 0
    }
    edit({ entries: model })
    document.edit(edit, { author: '/user/agent-1' })
    assert.deepEqual(document.view().entries, model)
    if (round % 2 === 0) document.commit(0)
  }
  assert.equal(document.entries, Object.keys(model).length + 1)
})

test('views share what has not changed, and stay what they were', () => {
  const here = plan('aa')
  here.edit((draft) => draft.tasks.push({ n: 1 }, { n: 2 }), BY)
  const before = here.view()
  assert.equal(here.view(), before)
  here.edit((draft) => void Object.assign(draft.tasks[0] ?? {}, { n: 9 }), BY)
  const after = here.view()
  assert.deepEqual([before.tasks[0]?.n, after.tasks[0]?.n], [1, 9])
  assert.equal(after.tasks[1], before.tasks[1])
  assert.equal(after.owners, before.owners)
})

test('the memory that a document takes grows with what is in it, and with its history, and is the same when loaded', () => {
  const document = plan('aa')
  const empty = document.bytes
  document.edit((draft) => {
    for (let n = 0; n < 100; n++) draft.owners[`k${n}`] = 'x'
  }, BY)
  document.commit(0)
  const filled = document.bytes
  for (let n = 0; n < 50; n++) {
    document.edit((draft) => void (draft.title = `title ${n}`), BY)
    document.commit(0)
  }
  assert.ok(filled > empty + 100 * 300 && document.bytes > filled + 50 * 500)
  const loaded = Document.load<Plan>({ id: 'coordination-plan/p', type: 'coordination-plan', actor: 'bb' }, [
    document.save(),
  ])
  assert.equal(loaded.bytes, document.bytes)
  document.restart('cc', document.save())
  assert.equal(document.bytes, loaded.bytes)
})
