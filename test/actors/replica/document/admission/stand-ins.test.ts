/** What others send as the move of an element, and is none or makes no sense. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DecodedOperation, encodeChange } from '../../../../../actors/replica/document/automerge.ts'
import { Document } from '../../../../../actors/replica/document/document.ts'
import { InvalidValueError, RefusedChangeError } from '../../../../../actors/replica/document/errors.ts'
import { move } from '../../../../../actors/replica/document/move.ts'
import { read } from '../../../../../actors/replica/document/read.ts'
import { plain } from '../plain.ts'

const INITIAL = { list: [{ id: 'a' }, { id: 'b' }, 'c'], other: [{ id: 'd' }], map: { key: {} } }
const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }
const BY = { author: '/user/agent-1' }

function open(actor: string): Document<typeof INITIAL> {
  return Document.create({ ...OPTIONS, actor, initial: INITIAL })
}

const sound = open('aa')
const idOf = (obj: string, place: string | number) => String(sound.handle.getAll(obj, place)[0]?.at(-1))
const [LIST, OTHER, MAP] = [idOf('/', 'list'), idOf('/', 'other'), idOf('/', 'map')]
const [A, B, C, D] = [idOf(LIST, 0), idOf(LIST, 1), idOf(LIST, 2), idOf(OTHER, 0)]
const START = sound.progress.maxOp + 1

type Given = Partial<DecodedOperation> & { action: string }

function change(ops: Given[], over: object = {}): Uint8Array {
  const head = { actor: 'bb', seq: 1, startOp: START, time: 0, message: null, deps: [...sound.heads] }
  const full = ops.map((op) => ({ obj: '_root', pred: [], ...op }))
  return encodeChange({ ...head, ops: full, ...over } as never)
}

const MADE = { action: 'makeMap', obj: LIST, elemId: '_head', insert: true }
const IN = `${START}@bb`
const moved = (value: unknown, over: object = {}): Given => {
  const given = { action: 'set', obj: IN, key: '$moved', value, ...over }
  return given as Given
}
const NUMBER = { datatype: 'int' }

/** What it is, why it is refused, and its operations. */
const REFUSED: [string, string, Given[]][] = [
  ['in the document itself', 'key', [moved(A, { obj: '_root' })]],
  ['in a map that is there', 'key', [moved(A, { obj: MAP })]],
  ['in an element that is there', 'key', [moved(A, { obj: B })]],
  ['in a new map in a map', 'key', [{ action: 'makeMap', key: 'k' }, moved(A)]],
  ['in a map that replaces an element', 'key', [{ ...MADE, insert: false, elemId: B, pred: [B] }, moved(A)]],
  ['in a map that has more', 'key', [MADE, { action: 'set', obj: IN, key: 'k', value: 'v' }, moved(A)]],
  ['and then more', 'key', [MADE, moved(A), { action: 'set', obj: IN, key: 'k', value: 'v' }]],
  ['and then another', 'key', [MADE, moved(A), moved(B, { pred: [`${START + 1}@bb`] })]],
  [
    'and then none',
    'key',
    [MADE, moved(A), { action: 'del', obj: IN, key: '$moved', pred: [`${START + 1}@bb`] }],
  ],
  ['with a container in it', 'key', [MADE, { action: 'makeList', obj: IN, key: '$moved' }]],
  ['with another key of that kind', 'key', [MADE, { action: 'set', obj: IN, key: '$after', value: A }]],
  ['of a number', 'value', [MADE, moved(7, NUMBER)]],
  ['of nothing', 'value', [MADE, moved(null)]],
  ['of a path', 'value', [MADE, moved('/list')]],
  ['of the document', 'value', [MADE, moved('_root')]],
  ['of a huge string', 'value', [MADE, moved('9'.repeat(1_000_000))]],
  ['of an unknown object', 'unknown-object', [MADE, moved('99@bb')]],
  ['of an unknown replica', 'unknown-object', [MADE, moved('1@cc')]],
  ['of a scalar', 'unknown-object', [MADE, moved(C)]],
]

for (const [what, reason, ops] of REFUSED)
  test(`a move ${what} is refused, and the document stays as it was`, () => {
    const document = open('cc')
    const view = document.view()
    const refused = (error: unknown) => error instanceof RefusedChangeError && error.reason === reason
    assert.throws(() => document.receive([change(ops)]), refused)
    assert.equal(document.view(), view)
    assert.equal(document.receive([change([MADE, moved(A)])]).applied.length, 1)
    document.save()
  })

test('what is written later into what stands for a moved element changes nothing', () => {
  const document = open('cc')
  document.receive([change([MADE, moved(B)])])
  const upon = { startOp: START + 2, seq: 2, deps: [...document.heads] }
  const refused = (error: unknown) => error instanceof RefusedChangeError && error.reason === 'key'
  for (const op of [
    { action: 'del', obj: IN, key: '$moved', pred: [`${START + 1}@bb`] },
    moved(A, { pred: [`${START + 1}@bb`] }),
  ])
    assert.throws(() => document.receive([change([op], upon)]), refused)
  const { entries } = document
  const written = [
    { action: 'set', obj: IN, key: 'k', value: 'v' },
    { action: 'makeMap', obj: IN, key: 'm' },
    { action: 'set', obj: `${START + 3}@bb`, key: 'k', value: 'v' },
  ]
  document.receive([change(written, upon)])
  assert.equal(document.entries, entries)
  const list = [{ id: 'b' }, { id: 'a' }, 'c']
  assert.deepEqual(document.view().list, list)
  assert.deepEqual((read(document.handle, '/') as typeof INITIAL).list, list)
})

/** What it is, its operations, and what the list shows afterwards. */
const SENSELESS: [string, Given[], unknown[]][] = [
  ['of an element of another list', [MADE, moved(D)], INITIAL.list],
  ['of the list itself', [MADE, moved(LIST)], INITIAL.list],
  ['of itself', [MADE, moved(IN)], INITIAL.list],
  [
    'of what stands for another',
    [MADE, moved(B), MADE, moved(IN, { obj: `${START + 2}@bb` })],
    [{ id: 'b' }, { id: 'a' }, 'c'],
  ],
  [
    'twice',
    [MADE, moved(B), { ...MADE, elemId: A }, moved(B, { obj: `${START + 2}@bb` })],
    [{ id: 'a' }, { id: 'b' }, 'c'],
  ],
  [
    'of what is deleted',
    [MADE, moved(B), { action: 'del', obj: LIST, elemId: B, pred: [B] }],
    [{ id: 'a' }, 'c'],
  ],
  [
    'of what is replaced',
    [MADE, moved(B), { action: 'set', obj: LIST, elemId: B, value: 'B', pred: [B] }],
    [{ id: 'a' }, 'B', 'c'],
  ],
  [
    'that is replaced',
    [MADE, moved(B), { action: 'set', obj: LIST, elemId: IN, value: 'B', pred: [IN] }],
    ['B', ...INITIAL.list],
  ],
  [
    'that is taken back',
    [MADE, moved(B), { action: 'del', obj: LIST, elemId: IN, pred: [IN] }],
    INITIAL.list,
  ],
  [
    'of what is made at once',
    [MADE, { ...MADE, elemId: C }, moved(IN, { obj: `${START + 1}@bb` })],
    [...INITIAL.list, {}],
  ],
]

for (const [what, ops, list] of SENSELESS)
  test(`a move ${what} shows each element once and in the same place wherever it is read`, () => {
    for (const upon of [[], [change([MADE, moved(A, { obj: `${START}@dd` })], { actor: 'dd' })]]) {
      const document = open('cc')
      document.receive([change(ops)])
      assert.deepEqual(plain(document.view().list), list)
      document.receive(upon)
      assert.deepEqual(plain(document.view()), plain(read(document.handle, '/')))
      const loaded = Document.load<typeof INITIAL>({ ...OPTIONS, actor: 'ee' }, [document.save()])
      assert.deepEqual(plain(loaded.view()), plain(document.view()))
      assert.equal(loaded.entries, document.entries)
      document.edit((draft) => {
        move(draft.list, 0, 1)
        draft.list.push('more')
      }, BY)
      document.commit(0)
      assert.deepEqual(plain(document.view()), plain(read(document.handle, '/')))
    }
  })

test('users can not write what stands for a moved element', () => {
  const document = open('cc')
  const write = (value: unknown) => document.edit((draft) => draft.list.push(value as never), BY)
  assert.throws(() => write({ $moved: A }), InvalidValueError)
  assert.throws(
    () => document.edit((draft) => void Object.assign(draft.map, { $moved: A }), BY),
    InvalidValueError,
  )
  document.edit((draft) => move(draft.list, 0, 2), BY)
  const draftKeys: string[][] = []
  document.edit((draft) => {
    for (const each of draft.list) draftKeys.push(Object.keys(each))
  }, BY)
  assert.deepEqual(draftKeys, [['id'], ['0'], ['id']])
  assert.equal(JSON.stringify(document.view()).includes('$'), false)
})
