import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChangeMetadata } from '../../../../actors/replica/document/automerge.ts'
import {
  decisionMessage,
  describe,
  editMessage,
  resolutionMessage,
} from '../../../../actors/replica/versions/message.ts'

function changeThatSays(message: string | null): ChangeMetadata {
  return {
    actor: 'aa',
    author: null,
    seq: 2,
    startOp: 5,
    maxOp: 9,
    time: 1,
    message,
    deps: ['00'.repeat(32)],
    hash: '01'.repeat(32),
    extraBytes: null,
  }
}

test('what is written into a change is read from it', () => {
  const authors = [{ author: '/user/a', message: 'why "not"', operations: 3 }]
  assert.deepEqual(describe(changeThatSays(editMessage('/user/a', 'why "not"', 3))), {
    kind: 'edit',
    authors,
    round: 0,
  })
  assert.deepEqual(describe(changeThatSays(decisionMessage('/user/a', null))), {
    kind: 'decision',
    authors: [{ author: '/user/a', message: null, operations: 1 }],
    round: 0,
  })
  assert.deepEqual(describe(changeThatSays(resolutionMessage('highest', 4))), {
    kind: 'resolution',
    authors: [],
    round: 4,
  })
})

test('edits of several authors in one change stay apart', () => {
  const message = '{"v":1,"by":[["/user/a","x",1],["/user/b",null,20]]}'
  assert.deepEqual(describe(changeThatSays(message)).authors, [
    { author: '/user/a', message: 'x', operations: 1 },
    { author: '/user/b', message: null, operations: 20 },
  ])
})

test('what is not quite our form is a message of somebody else, and a huge one is not parsed', () => {
  const foreign = [
    '{"v":1,"by":[["/user/a"]]}',
    '{"v":1,"by":[["/user/a",7,1]]}',
    '{"v":1,"by":[["/user/a",null,-1]]}',
    '{"v":1,"by":[["/user/a",null,1.5]]}',
    '{"v":1,"by":{}}',
    '{"v":2,"by":[]}',
    `{"v":1,"by":[["/user/a","${'x'.repeat(1_000_000)}",1]]}`,
  ]
  for (const message of foreign)
    assert.deepEqual(describe(changeThatSays(message)).authors, [
      { author: null, message: message.slice(0, 1_000), operations: 5 },
    ])
  assert.equal(describe(changeThatSays('{"v":1,"by":[],"settles":"x","round":"y"}')).round, 0)
})
