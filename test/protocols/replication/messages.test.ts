import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../../../protocols/replication/fault.ts'
import { type Body, isCounted, isMessage, sizeOf } from '../../../protocols/replication/messages.ts'
import { DOCUMENT, hash, limitsWith, messageOf } from './parts.ts'

const limits = limitsWith({ listedHashes: 2, batchChanges: 2, messageBytes: 100 })
const bytes = new Uint8Array(60)

const BODIES: Body[] = [
  { kind: 'sync', round: 1, data: bytes, heads: [hash(1)], lacks: false },
  { kind: 'changes', changes: [bytes], hashes: [hash(1)], wants: [hash(1)] },
  { kind: 'ask', hashes: [hash(1)] },
  { kind: 'digest', heads: [hash(1)], wants: [] },
  { kind: 'stored', hashes: [hash(1), hash(2)] },
  { kind: 'ack' },
  { kind: 'refuse', reason: 'no' },
]

test('what is said is a message, and is counted with all that is in it', () => {
  for (const body of BODIES) assert.ok(isMessage(messageOf(body), limits), body.kind)
  assert.deepEqual(BODIES.map(sizeOf), [188, 252, 128, 128, 192, 64, 64])
  assert.deepEqual(
    BODIES.filter((body) => !isCounted(body)).map(({ kind }) => kind),
    ['ack', 'refuse'],
  )
})

test('what has another shape, or exceeds a limit, is none', () => {
  const wrong: unknown[] = [
    null,
    'sync',
    { ...messageOf(BODIES[0] as Body), version: 2 },
    { ...messageOf(BODIES[0] as Body), from: 0 },
    { ...messageOf(BODIES[0] as Body), ack: -1 },
    { ...messageOf(BODIES[0] as Body), seq: 0 },
    { ...messageOf(BODIES[0] as Body), data: new Uint8Array(101) },
    { ...messageOf(BODIES[0] as Body), data: 'text' },
    { ...messageOf(BODIES[0] as Body), lacks: 1 },
    { ...messageOf(BODIES[1] as Body), changes: [bytes, bytes], hashes: [hash(1), hash(2)] },
    { ...messageOf(BODIES[1] as Body), hashes: [] },
    { ...messageOf(BODIES[1] as Body), changes: {} },
    { ...messageOf(BODIES[2] as Body), hashes: [hash(1), hash(2), hash(3)] },
    { ...messageOf(BODIES[2] as Body), hashes: ['x'] },
    { ...messageOf(BODIES[6] as Body), reason: 'x'.repeat(501) },
    { ...messageOf(BODIES[6] as Body), kind: 'other' },
  ]
  for (const value of wrong) assert.equal(isMessage(value, limits), false, JSON.stringify(value))
})

test('what is wrong is told with what to do', () => {
  const reasonOf = (value: unknown) => {
    const result = read(value, DOCUMENT, limits)
    return 'reason' in result && 'session' in result ? [result.reason, result.session] : undefined
  }
  assert.deepEqual(reasonOf({ version: 2, from: 3 }), ['version', 3])
  assert.deepEqual(reasonOf(7), ['malformed', Number.POSITIVE_INFINITY])
  assert.deepEqual(reasonOf(messageOf({ kind: 'ack' }, { document: 'decision-log/x' })), ['document', 7])
  assert.equal(reasonOf(messageOf({ kind: 'ack' })), undefined)
})
