import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import {
  createHandle,
  type DecodedOperation,
  encodeChange,
} from '../../../../../actors/replica/document/automerge.ts'
import { readChunks } from '../../../../../actors/replica/document/chunk.ts'
import { Document } from '../../../../../actors/replica/document/document.ts'
import { RefusedChangeError } from '../../../../../actors/replica/document/errors.ts'
import { DOCUMENT_LIMITS } from '../../../../../actors/replica/document/limits.ts'
import { Counter, Text } from '../../../../../actors/replica/document/values.ts'

const INITIAL = { a: 1, b: 2, l: ['x', 'y', 'z'], t: new Text('text'), c: new Counter(1), m: {} }
const BY = { author: '/user/agent-1' }

function open(actor: string, limits = DOCUMENT_LIMITS): Document<typeof INITIAL> {
  return Document.create({ id: 'agent-state/s', type: 'agent-state', actor, limits, initial: INITIAL })
}

const sound = open('aa')
const idOf = (obj: string, place: string | number) => String(sound.handle.getAll(obj, place)[0]?.at(-1))
const A = idOf('/', 'a')
const B = idOf('/', 'b')
const L = idOf('/', 'l')
const T = idOf('/', 't')
const X = idOf(L, 0)
const Y = idOf(L, 1)
const GENESIS = [...sound.heads]
const START = sound.progress.maxOp + 1
const HEAD = { obj: L, elemId: '_head', insert: true, pred: [] }

type Given = Partial<DecodedOperation> & { action: string }

function change(ops: Given[], over: object = {}): Uint8Array {
  const head = { actor: 'bb', seq: 1, startOp: START, time: 0, message: null, deps: GENESIS }
  const full = ops.map((op) => ({ obj: '_root', pred: [], ...op }))
  return encodeChange({ ...head, ops: full, ...over } as never)
}

const SET = { action: 'set', key: 'a', value: 5, datatype: 'int', pred: [A] }

/** What it is, why it is refused, and the change. */
const HOSTILE: [string, string, Uint8Array][] = [
  ['no change at all', 'malformed', new Uint8Array([1, 2, 3])],
  ['a change that ends early', 'malformed', change([SET]).subarray(0, 40)],
  ['an object that is not there', 'unknown-object', change([{ ...SET, obj: '99@aa' }])],
  ['an object of an unknown actor', 'unknown-object', change([{ ...SET, obj: '9@dd' }])],
  ['an object that is none', 'unknown-object', change([{ ...SET, obj: A }])],
  ['a predecessor that is not there', 'predecessor', change([{ ...SET, pred: ['99@aa'] }])],
  ['a predecessor of another key', 'engine', change([{ ...SET, pred: [B] }])],
  ['a predecessor of another object', 'engine', change([{ ...SET, pred: [X] }])],
  ['a predecessor that comes later', 'predecessor', change([{ ...SET, pred: [`${START + 1}@bb`] }, SET])],
  ['deleting what is not there', 'predecessor', change([{ action: 'del', key: 'zz' }])],
  ['counting what is not there', 'predecessor', change([{ action: 'inc', key: 'zz', value: 1 }])],
  [
    'replacing an element that is not there',
    'predecessor',
    change([{ ...SET, key: undefined, obj: L, elemId: '99@aa', pred: ['99@aa'] }]),
  ],
  ['replacing another element', 'engine', change([{ ...SET, key: undefined, obj: L, elemId: X, pred: [Y] }])],
  [
    'replacing an element and nothing',
    'predecessor',
    change([{ ...SET, key: undefined, obj: L, elemId: X, pred: [] }]),
  ],
  ['an insertion that replaces', 'predecessor', change([{ ...SET, key: undefined, ...HEAD, pred: [X] }])],
  [
    'inserting after an element that is not there',
    'engine',
    change([{ ...SET, key: undefined, ...HEAD, elemId: '99@aa' }]),
  ],
  [
    'an element of a map',
    'operation',
    change([{ ...SET, key: undefined, elemId: '_head', insert: true, pred: [] }]),
  ],
  ['a key of a list', 'operation', change([{ ...SET, obj: L, pred: [] }])],
  [
    'the head of a list',
    'operation',
    change([{ ...SET, key: undefined, obj: L, elemId: '_head', pred: [] }]),
  ],
  ['inserting a deletion', 'operation', change([{ action: 'del', ...HEAD }])],
  ['a number in a text', 'operation', change([{ ...SET, key: undefined, ...HEAD, obj: T }])],
  ['a map in a text', 'operation', change([{ action: 'makeMap', ...HEAD, obj: T }])],
  ['a table', 'operation', change([{ action: 'makeTable', key: 'tt' }])],
  ['a key that is a prototype', 'key', change([{ ...SET, key: '__proto__', pred: [] }])],
  ['a long key', 'key', change([{ ...SET, key: 'k'.repeat(2_000), pred: [] }])],
  [
    'a long string',
    'too-large',
    change([{ action: 'set', key: 'a', value: 'x'.repeat(2 ** 20 + 1), pred: [A] }]),
  ],
  ['a first operation far ahead', 'start-op', change([SET], { startOp: 2 ** 31 - 1 })],
  ['a first operation long gone', 'start-op', change([SET], { startOp: 1 })],
  ['a change that skips one', 'sequence', change([SET], { seq: 2 })],
  ['a change in place of another', 'sequence', change([SET], { actor: genesisActorOf(), seq: 1 })],
  ['another beginning', 'other-genesis', change([{ ...SET, pred: [] }], { deps: [], startOp: 1 })],
]

function genesisActorOf(): string {
  return [...sound.clock.keys()][0] as string
}

for (const [what, reason, bytes] of HOSTILE)
  test(`${what}: the change is refused, and the document stays as it was`, () => {
    const document = open('cc')
    const { heads } = document
    const view = document.view()
    const refused = (error: unknown) => error instanceof RefusedChangeError && error.reason === reason
    assert.throws(() => document.receive([bytes]), refused)
    assert.deepEqual(document.heads, heads)
    assert.equal(document.view(), view)
    document.receive([change([SET])])
    assert.equal(document.view().a, 5)
    document.save()
  })

test('a change that is written otherwise than replicas write it is refused: its hash would be another', () => {
  const [chunk] = readChunks(change([SET, { ...SET, key: 'b', pred: [B] }]), 1_000)
  const { content } = chunk as NonNullable<typeof chunk>
  // The column of actions, "two times a 1", becomes "two values: 1, 1", and one byte longer.
  const at = Buffer.from(content).indexOf(Buffer.from([2, 1, 2, 0x14]))
  const action = Buffer.from(content).indexOf(Buffer.from([0x42, 2, 0x56, 2]))
  const longer = Buffer.concat([content.subarray(0, at), Buffer.from([0x7e, 1, 1]), content.subarray(at + 2)])
  longer[action + 1] = 3
  const document = open('cc')
  const refused = (error: unknown) => error instanceof RefusedChangeError && error.reason === 'engine'
  assert.throws(() => document.receive([framed(longer)]), refused)
  assert.equal(document.receive([framed(content)]).applied.length, 1)
})

/** The content of a change as a chunk, with a digest that fits. */
function framed(content: Uint8Array): Uint8Array {
  const head = Buffer.from([1, content.length])
  const digest = createHash('sha256').update(head).update(content).digest().subarray(0, 4)
  return Buffer.concat([Buffer.from('856f4a83', 'hex'), digest, head, content])
}

test('what is good of the same kind is applied', () => {
  const document = open('cc')
  document.receive([
    change([
      SET,
      { action: 'inc', key: 'c', value: 2, pred: [idOf('/', 'c')] },
      { action: 'set', key: 'a', value: 0.1, datatype: 'float64', pred: [`${START}@bb`] },
      { action: 'set', obj: L, elemId: X, value: 'X', pred: [X] },
      { action: 'del', obj: L, elemId: Y, pred: [Y] },
      { action: 'makeMap', ...HEAD },
      { action: 'set', obj: `${START + 5}@bb`, key: 'k', value: 'u' },
      { action: 'set', obj: `${START + 5}@bb`, key: 'k', value: 'v', pred: [`${START + 6}@bb`] },
    ]),
  ])
  assert.deepEqual(document.view().l, [{ k: 'v' }, 'X', 'z'])
  assert.deepEqual([document.view().a, document.view().c.value], [0.1, 3])
  document.save()
})

test('a change with a flipped byte is refused, and the genuine one applies afterwards', () => {
  sound.edit((draft) => {
    draft.a = 7
    draft.t.insert(0, 'more ')
  }, BY)
  const genuine = sound.commit(0)?.bytes as Uint8Array
  const document = open('cc')
  for (let at = 0; at < genuine.length; at++) {
    const flipped = genuine.slice()
    flipped[at] = (flipped[at] as number) ^ 1
    assert.throws(() => document.receive([flipped]), RefusedChangeError)
  }
  assert.equal(document.receive([genuine]).applied.length, 1)
  assert.equal(document.view().a, 7)
})

test('changes without what they were made upon are not kept; it is told what is missing', () => {
  const from = open('dd')
  const changes = Array.from({ length: 20 }, (_, index) => {
    from.edit((draft) => void (draft.a = index), BY)
    return from.commit(0) as NonNullable<ReturnType<typeof from.commit>>
  })
  const document = open('cc')
  const late = changes.slice(1).map(({ bytes }) => bytes)
  assert.deepEqual(document.receive(late), { applied: [], known: 0, missing: [changes[0]?.hash] })
  assert.equal(document.handle.getMissingDeps([]).length, 0)
  const all = changes.map(({ bytes }) => bytes).reverse()
  assert.deepEqual(
    document.receive(all).applied.map(({ hash }) => hash),
    changes.map(({ hash }) => hash),
  )
  assert.equal(document.receive(all).known, 20)
  assert.deepEqual(document.heads, from.heads)
})

test('containers deeper than the limit are refused, also where they come one by one', () => {
  const document = open('cc', { ...DOCUMENT_LIMITS, depth: 5 })
  const nest = (levels: number) =>
    Array.from({ length: levels }, (_, level) => ({
      action: 'makeMap',
      key: 'd',
      ...(level > 0 && { obj: `${START + level - 1}@bb` }),
    }))
  const tooDeep = (error: unknown) => error instanceof RefusedChangeError && error.reason === 'too-deep'
  assert.throws(() => document.receive([change(nest(6))]), tooDeep)
  document.receive([change(nest(5))])
  const upon = { startOp: START + 5, seq: 2, deps: [...document.heads] }
  const deeper = (level: number) =>
    change([{ action: 'makeMap', key: 'e', obj: `${START + level}@bb` }], upon)
  assert.throws(() => document.receive([deeper(4)]), tooDeep)
  // What has been deleted can still be seen in the versions before, and is counted in the same way.
  document.edit((draft) => void delete (draft as Record<string, unknown>).d, BY)
  document.commit(0)
  assert.throws(() => document.receive([deeper(4)]), tooDeep)
  assert.equal(document.receive([deeper(3)]).applied.length, 1)
})

test('more operations and bytes than allowed are refused before the engine sees them', () => {
  const text = open('dd')
  text.edit((draft) => draft.t.insert(0, 'x'.repeat(500)), BY)
  const bytes = text.commit(0)?.bytes as Uint8Array
  const large = (error: unknown) => error instanceof RefusedChangeError && error.reason === 'too-large'
  assert.throws(() => open('cc', { ...DOCUMENT_LIMITS, changeOperations: 100 }).receive([bytes]), large)
  assert.throws(() => open('cc', { ...DOCUMENT_LIMITS, changeBytes: 200 }).receive([bytes]), large)
  assert.throws(() => open('cc', { ...DOCUMENT_LIMITS, actors: 1 }).receive([bytes]), large)
})

test('texts of many megabytes in one change are refused before the engine unpacks them', () => {
  const handle = createHandle('bb')
  handle.applyChanges(sound.changesSince([]).slice(0, 1))
  handle.putObject('/', 'long', 'x'.repeat(200_000))
  handle.commit(null, 0)
  const text = handle.getLastLocalChange() as Uint8Array
  handle.free()
  assert.ok(text.length < DOCUMENT_LIMITS.changeBytes)
  const megabyte = 'x'.repeat(2 ** 20)
  const set = (n: number) => ({ action: 'set', key: `k${n}`, value: megabyte })
  const strings = change(Array.from({ length: 10 }, (_, n) => set(n)))
  const [chunk] = readChunks(strings, 2 ** 30)
  const deflated = deflateRawSync((chunk as NonNullable<typeof chunk>).content)
  const checksum = Buffer.from(String(chunk?.hash).slice(0, 8), 'hex')
  const head = [0x85, 0x6f, 0x4a, 0x83, ...checksum, 2, (deflated.length % 128) + 128, deflated.length >> 7]
  const bomb = Uint8Array.from([...head, ...deflated])
  assert.ok(bomb.length < 16_384 && readChunks(bomb, 2 ** 30)[0]?.hash === chunk?.hash)
  const document = open('cc')
  const large = (error: unknown) => error instanceof RefusedChangeError && error.reason === 'too-large'
  for (const bytes of [text, strings, bomb]) assert.throws(() => document.receive([bytes]), large)
  assert.equal(document.receive([change([SET])]).applied.length, 1)
  document.save()
})

test('bytes in a change are taken', () => {
  const from = open('dd')
  from.edit((draft) => void Object.assign(draft.m, { bytes: new Uint8Array([1, 2, 3]) }), BY)
  const document = open('cc')
  document.receive([from.commit(0)?.bytes as Uint8Array])
  assert.deepEqual(document.view(), from.view())
})
