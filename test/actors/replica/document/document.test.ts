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
