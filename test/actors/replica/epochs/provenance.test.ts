import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messageOf, sourceIn } from '../../../../actors/replica/epochs/provenance.ts'

const source = new Uint8Array([1, 2, 3])

test('a change carries what it was, beside who made it and what for', () => {
  const by = [['/user/anna', 'moved the deadline', 3]]
  const message = messageOf(JSON.stringify({ v: 1, by, of: 'older' }), source)
  assert.deepEqual(JSON.parse(message), { v: 1, by, of: 'AQID' })
  assert.deepEqual(Uint8Array.from(sourceIn(message) ?? []), source)
})

test('what is too large is not carried, and a message of something else is not kept', () => {
  assert.equal(sourceIn(messageOf('{"v":1,"by":[]}', new Uint8Array(300_000))), undefined)
  assert.deepEqual(JSON.parse(messageOf('just a text', source)), { v: 1, by: [], of: 'AQID' })
  assert.deepEqual(JSON.parse(messageOf('{"v":1,', source)), { v: 1, by: [], of: 'AQID' })
})

test('what says nothing of where it came from came from nowhere', () => {
  for (const message of [
    '',
    'a text',
    '{"v":1,"by":[]}',
    '{"v":1,"by":[],"of":7}',
    '{"v":1,"by":[],"of":""}',
  ])
    assert.equal(sourceIn(message), undefined)
})
