import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Document } from '../../../../actors/replica/document/document.ts'
import { InvalidValueError } from '../../../../actors/replica/document/errors.ts'
import { genesisOf, nextGenesisOf } from '../../../../actors/replica/document/genesis.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'

const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }
const STATE = { b: { z: 1, a: [1, { y: 2, x: 3 }] }, a: new Counter(2), t: new Text('t') }

test('the genesis of a type and a shape is the same bytes everywhere, and another for others', () => {
  const reordered = { t: new Text('t'), a: new Counter(2), b: { a: [1, { x: 3, y: 2 }], z: 1 } }
  assert.deepEqual(genesisOf('agent-state', STATE), genesisOf('agent-state', reordered))
  assert.notDeepEqual(genesisOf('agent-state', STATE), genesisOf('decision-log', STATE))
  assert.notDeepEqual(genesisOf('agent-state'), genesisOf('agent-state', { a: 1 }))
})

test('a document begins as a plain object, empty or not', () => {
  for (const wrong of [[], 'x', 1, new Text('x')])
    assert.throws(() => Document.create({ ...OPTIONS, actor: 'aa', initial: wrong }), InvalidValueError)
  const empty = Document.create({ ...OPTIONS, actor: 'aa' })
  assert.deepEqual([empty.view(), empty.heads.length, empty.epoch], [{}, 1, 0])
})

test('the next epoch begins with the state and without the history, the same bytes wherever it is made', () => {
  const document = Document.create({ ...OPTIONS, actor: 'aa', initial: STATE })
  for (let n = 0; n < 20; n++) {
    document.edit((draft) => draft.a.increment(), { author: '/user/a' })
    document.commit(0)
  }
  const { heads } = document
  const bytes = nextGenesisOf(OPTIONS.id, 1, heads, document.view() as never)
  assert.deepEqual(nextGenesisOf(OPTIONS.id, 1, [...heads].reverse(), document.view() as never), bytes)
  assert.notDeepEqual(nextGenesisOf(OPTIONS.id, 2, heads, document.view() as never), bytes)
  const view = document.view()
  document.edit((draft) => draft.a.increment(), { author: '/user/a' })
  document.restart('bb', bytes)
  assert.deepEqual(document.view(), view)
  assert.deepEqual([document.epoch, document.pending, document.actor], [1, 0, 'bb'])
  assert.equal(document.changesSince([]).length, 1)
  document.edit((draft) => draft.a.increment(), { author: '/user/a' })
  document.commit(0)
  assert.equal(Document.load<typeof STATE>({ ...OPTIONS, actor: 'cc' }, [document.save()]).view().a.value, 23)
})

test('an empty document has a next epoch as well', () => {
  const document = Document.create({ ...OPTIONS, actor: 'aa' })
  document.restart('bb', nextGenesisOf(OPTIONS.id, 3, document.heads, {}))
  assert.deepEqual([document.epoch, document.view()], [3, {}])
})
