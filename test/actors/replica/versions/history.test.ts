import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Handle } from '../../../../actors/replica/document/automerge.ts'
import { UnknownVersionError } from '../../../../actors/replica/versions/errors.ts'
import {
  type HistoryEntry,
  type HistoryOptions,
  history,
} from '../../../../actors/replica/versions/history.ts'
import { currentVersion, type Version } from '../../../../actors/replica/versions/version.ts'
import { change, genesis } from './documents.ts'

function put(handle: Handle, value: unknown, by?: string, seconds?: number): string {
  return change(handle, () => handle.put('_root', 'title', value as string), by, seconds)
}

function pages(handle: Handle, limit: number): HistoryEntry[] {
  const all: HistoryEntry[] = []
  let before: Version | null = currentVersion(handle)
  while (before) {
    const page = history(handle, { limit, before })
    assert.ok(page.entries.length === limit || page.next === null)
    all.push(...page.entries)
    before = page.next
  }
  return all
}

test("who changed what is listed newest first, down to the first change, which is nobody's", () => {
  const handle = genesis('aa')
  const one = put(handle, 'one', '/user/anna', 100)
  const two = put(handle, 'two', '/user/ben', 50)
  const { entries, next } = history(handle)
  assert.equal(next, null)
  const [first] = currentVersion(genesis('bb'))
  assert.deepEqual(entries, [
    {
      version: [two],
      hash: two,
      timeMs: 50_000,
      kind: 'edit',
      authors: [{ author: '/user/ben', message: null, operations: 1 }],
      parents: [one],
    },
    {
      version: [one],
      hash: one,
      timeMs: 100_000,
      kind: 'edit',
      authors: [{ author: '/user/anna', message: null, operations: 1 }],
      parents: [first],
    },
    { version: [first], hash: first, timeMs: null, kind: 'genesis', authors: [], parents: [] },
  ])
})

test('pages of any size hold together the same history on every replica, and children come before parents', () => {
  const series = fc.array(fc.record({ who: fc.nat(2), from: fc.option(fc.nat(2)) }), { maxLength: 25 })
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 7 }), (steps, limit) => {
      const replicas = [genesis('aa'), genesis('bb'), genesis('cc')] as const
      for (const { who, from } of steps) {
        const replica = replicas[who] as Handle
        if (from !== null && from !== who) replica.merge(replicas[from] as Handle)
        else put(replica, 'x')
      }
      for (const replica of replicas)
        for (const other of replicas) if (other !== replica) replica.merge(other)
      const whole = history(replicas[0], { limit: 1_000 }).entries
      assert.equal(whole.length, replicas[0].stats().numChanges)
      const placeOf = new Map(whole.map(({ hash }, place) => [hash, place]))
      for (const { hash, parents } of whole)
        for (const parent of parents)
          assert.ok((placeOf.get(parent) as number) > (placeOf.get(hash) as number))
      for (const replica of replicas) assert.deepEqual(pages(replica, limit), whole)
      for (const replica of replicas) replica.free()
    }),
    { numRuns: 60 },
  )
})

test('what came before an entry is what its author knew', () => {
  const handle = genesis('aa')
  const other = genesis('bb')
  const mine = put(handle, 'mine')
  put(other, 'theirs')
  handle.merge(other)
  const entry = history(handle).entries.find(({ hash }) => hash === mine) as HistoryEntry
  const before = history(handle, { before: entry.parents })
  assert.deepEqual(
    before.entries.map(({ kind }) => kind),
    ['genesis'],
  )
  assert.deepEqual(history(handle, { before: before.entries[0]?.parents as Version }), {
    entries: [],
    next: null,
  })
})

test('changes of other programs are listed with what they say', () => {
  const handle = genesis('aa')
  const messages = [
    'hello',
    null,
    '{"v":1,"by":7}',
    '{"v":1,"by":[[1,2,3]]}',
    '{"v":1,"by":',
    'y'.repeat(5_000),
  ]
  for (const [index, message] of messages.entries()) {
    handle.put('_root', 'title', index)
    handle.put('_root', 'other', index)
    handle.commit(message, 1)
  }
  const told = history(handle).entries.slice(0, -1).reverse()
  assert.deepEqual(
    told.map(({ authors }) => authors),
    messages.map((message) => [{ author: null, message: message?.slice(0, 1_000) ?? null, operations: 2 }]),
  )
})

test('a page has a limit, and begins at a version that is there', () => {
  const handle = genesis('aa')
  for (const limit of [0, 1.5, 1_001, '5'])
    assert.throws(() => history(handle, { limit } as HistoryOptions), {
      code: 'INVALID_OPTION',
      message: /limit/,
    })
  assert.throws(() => history(handle, { before: ['ab'.repeat(32)] }), UnknownVersionError)
})
