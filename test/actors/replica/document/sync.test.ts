import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import {
  decodeSyncMessage,
  encodeSyncMessage,
  type SyncMessage,
  type SyncState,
} from '../../../../actors/replica/document/automerge.ts'
import { Document } from '../../../../actors/replica/document/document.ts'
import { type RefusalReason, RefusedChangeError } from '../../../../actors/replica/document/errors.ts'
import { DOCUMENT_LIMITS } from '../../../../actors/replica/document/limits.ts'

type State = { n: number; m: Record<string, string> }

const BY = { author: '/user/agent-1' }

function open(actor: string, limits = DOCUMENT_LIMITS): Document<State> {
  const initial = { n: 0, m: {} }
  return Document.create<State>({ id: 'agent-state/s', type: 'agent-state', actor, limits, initial })
}

function write(document: Document<State>, changes: number, length = 10): void {
  for (let n = 0; n < changes; n++) {
    document.edit((draft) => {
      draft.n = n + 1
      draft.m[`${document.actor}${n}`] = String(n).repeat(length)
    }, BY)
    document.commit(0)
  }
}

/** Lets two replicas talk until neither has anything to say. Returns how many messages it took, and the longest. */
function talk(
  one: Document<State>,
  other: Document<State>,
  ofOther: SyncState = one.newSync(),
  ofOne: SyncState = other.newSync(),
): { messages: number; longest: number } {
  const told = { messages: 0, longest: 0 }
  const say = (from: Document<State>, state: SyncState, to: Document<State>, ofFrom: SyncState) => {
    const bytes = from.generateSync(state)
    if (bytes === null) return false
    told.messages++
    told.longest = Math.max(told.longest, bytes.length)
    const received = to.receiveSync(ofFrom, bytes)
    assert.deepEqual(received.missing, [])
    return true
  }
  while ([say(one, ofOther, other, ofOne), say(other, ofOne, one, ofOther)].includes(true))
    assert.ok(told.messages < 100)
  return told
}

test('two replicas come level, and have then nothing to say until one of them is edited', () => {
  const [one, other] = [open('aa'), open('bb')]
  write(one, 40)
  write(other, 30)
  const [ofOther, ofOne] = [one.newSync(), other.newSync()]
  talk(one, other, ofOther, ofOne)
  assert.deepEqual(one.view(), other.view())
  assert.deepEqual(one.heads, other.heads)
  assert.equal(one.generateSync(ofOther), null)
  write(one, 1)
  talk(one, other, ofOther, ofOne)
  assert.deepEqual(other.heads, one.heads)
  // After a reconnect they begin with what both surely have.
  write(other, 3)
  talk(one, other, one.newSync(ofOther), other.newSync(ofOne))
  assert.deepEqual(one.view(), other.view())
})

test('what does not fit into one message comes with the next ones', () => {
  const limits = { ...DOCUMENT_LIMITS, changeBytes: 4_000, syncBytes: 10_000 }
  const [one, other] = [open('aa', limits), open('bb', limits)]
  for (let n = 0; n < 200; n++) {
    const value = createHash('shake256', { outputLength: 200 }).update(String(n)).digest('hex')
    one.edit((draft) => void (draft.m[`k${n}`] = value), BY)
    one.commit(0)
  }
  const { messages, longest } = talk(one, other)
  assert.ok(messages > 10 && longest <= limits.syncBytes, `${messages} messages of up to ${longest}`)
  assert.deepEqual(one.heads, other.heads)
})

test('changes in a message are looked at like others; the document and the state stay as they were', () => {
  const [one, other] = [open('aa'), open('bb')]
  write(one, 3)
  const [ofOther, ofOne] = [one.newSync(), other.newSync()]
  one.receiveSync(ofOther, other.generateSync(ofOne) as Uint8Array)
  const message = decodeSyncMessage(one.generateSync(ofOther) as Uint8Array)
  const [first] = message.changes as [Uint8Array]
  first[first.length - 1] = (first.at(-1) as number) ^ 1
  const { heads } = other
  assert.throws(() => other.receiveSync(ofOne, encodeSyncMessage(message)), { code: 'CHANGE_REFUSED' })
  assert.deepEqual(other.heads, heads)
  talk(one, other)
  assert.deepEqual(other.view(), one.view())
})

const HASH = 'ab'.repeat(32)
const have = (bloom: number[], lastSync: string[] = []) => ({ lastSync, bloom: Uint8Array.from(bloom) })
const large = [0xff, 0xff, 0xff, 0x7f]

const HOSTILE: [string, RefusalReason, Partial<SyncMessage>][] = [
  ['with a filter that asks for many probes', 'malformed', { have: [have([1, 10, ...large, 0, 0])] }],
  ['with a filter that asks for no probes', 'malformed', { have: [have([1, 10, 0, 0, 0])] }],
  ['with a filter of no bits', 'malformed', { have: [have([1, 0, 7])] }],
  ['with a filter of many bits', 'malformed', { have: [have([1, 100, 7, ...Array(13).fill(0)])] }],
  ['with two filters', 'malformed', { have: [have([]), have([])] }],
  ['that asks for the same change over and over', 'malformed', { need: [HASH, HASH] }],
  ['that lists a head twice', 'malformed', { heads: [HASH, HASH] }],
  [
    'that asks for more changes than there can be heads',
    'malformed',
    { need: Array.from({ length: 51 }, (_, n) => String(n).padStart(64, '0')) },
  ],
  ['that is too long', 'too-large', { changes: [new Uint8Array(20_000)] }],
]

for (const [what, reason, parts] of HOSTILE)
  test(`a message ${what} is refused, and the state of its sender stays as it was`, () => {
    const document = open('aa', { ...DOCUMENT_LIMITS, actors: 50, syncBytes: 10_000 })
    const state = document.newSync()
    const before = structuredClone(state)
    const sound = { heads: [], need: [], have: [], changes: [], type: 'v1' }
    const bytes = encodeSyncMessage({ ...sound, ...parts } as never)
    const refused = (error: unknown) => error instanceof RefusedChangeError && error.reason === reason
    assert.throws(() => document.receiveSync(state, bytes), refused)
    assert.deepEqual(structuredClone(state), before)
  })

test('bytes that are no message are refused', () => {
  const document = open('aa')
  for (const bytes of [new Uint8Array(), new Uint8Array([1, 2, 3]), new Uint8Array(100).fill(0x42)])
    assert.throws(() => document.receiveSync(document.newSync(), bytes), { code: 'CHANGE_REFUSED' })
})
