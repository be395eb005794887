import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEpochMessage } from '../../../../protocols/replication/epochs/messages.ts'
import { hash, limitsWith } from '../parts.ts'

const limits = limitsWith({
  nodes: 1,
  epochs: 3,
  listedHashes: 2,
  clockActors: 2,
  batchChanges: 2,
  messageBytes: 10,
})
const header = { version: 1, document: 'agent-state/s' }
const node = 'a'.repeat(32)
const first = { number: 0, hash: hash(1), heads: [] }
const next = { number: 1, hash: hash(2), heads: [hash(3)] }
const seen = { node, number: 1, hash: hash(2), atMs: 5, lasting: true }
const epochs = { ...header, kind: 'epochs', node, lineage: [first, next], nodes: [seen, seen] }
const wanted = { ...header, kind: 'wanted', epoch: hash(1), clock: [['aa', 3]] }
const history = { ...header, kind: 'history', epoch: hash(1), changes: [new Uint8Array(5)] }

test('what one says of epochs has the right shape', () => {
  for (const message of [epochs, wanted, history]) assert.ok(isEpochMessage(message, limits), message.kind)
})

const lineageOf = (...lineage: unknown[]) => ({ ...epochs, lineage })
const wrong: readonly (readonly [what: string, message: unknown])[] = [
  ['nothing', null],
  ['another version', { ...epochs, version: 2 }],
  ['another kind', { ...epochs, kind: 'digest' }],
  ['no document', { ...epochs, document: 7 }],
  ['a node without a name', { ...epochs, node: 'me' }],
  ['a sender that does not say where it is', { ...epochs, nodes: [{ ...seen, node: 'b'.repeat(32) }] }],
  ['no list of nodes', { ...epochs, nodes: 'all' }],
  ['more nodes than are remembered', { ...epochs, nodes: [seen, seen, seen] }],
  ...[null, { node: 'me' }, { hash: 'x' }, { number: -1 }, { atMs: 0.5 }, { lasting: 1 }].map(
    (wrong) =>
      [
        `a node that says ${JSON.stringify(wrong)}`,
        { ...epochs, nodes: [wrong && { ...seen, ...wrong }] },
      ] as const,
  ),
  ['no epoch', lineageOf()],
  ['no list of epochs', { ...epochs, lineage: 'all' }],
  ['what is no epoch', lineageOf('first')],
  ['more epochs than are remembered', lineageOf(...[0, 1, 2, 3].map((number) => ({ ...next, number })))],
  ['an epoch left out', lineageOf(first, { ...next, number: 2 })],
  ['an epoch that begins with nothing', lineageOf(first, { ...next, heads: [] })],
  ['a number that is none', lineageOf({ ...first, number: -1 })],
  ['a number that no document can have', lineageOf({ ...first, number: 1e9 })],
  ['a hash that is none', lineageOf({ ...first, hash: 'x' })],
  ['heads that are none', lineageOf(first, { ...next, heads: ['x'] })],
  ['too many heads', lineageOf(first, { ...next, heads: [hash(3), hash(4), hash(5)] })],
  ['no list of heads', lineageOf(first, { ...next, heads: 'all' })],
  ['an epoch without a hash', { ...wanted, epoch: 'x' }],
  ['no clock', { ...wanted, clock: 'late' }],
  ['a clock with too many actors', { ...wanted, clock: [1, 2, 3].map((seq) => ['aa', seq]) }],
  ['a clock with what is no actor', { ...wanted, clock: [['me', 1]] }],
  ['a clock with what is no number', { ...wanted, clock: [['aa', 1.5]] }],
  ['a clock with what is no entry', { ...wanted, clock: ['aa'] }],
  ['too many changes', { ...history, changes: [1, 1, 1].map(() => new Uint8Array(1)) }],
  ['too many bytes', { ...history, changes: [new Uint8Array(6), new Uint8Array(6)] }],
  ['changes that are no bytes', { ...history, changes: ['bytes'] }],
  ['no list of changes', { ...history, changes: 'all' }],
]

for (const [what, message] of wrong)
  test(`${what} is no such message`, () => {
    assert.equal(isEpochMessage(message, limits), false)
  })
