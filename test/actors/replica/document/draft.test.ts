import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Document } from '../../../../actors/replica/document/document.ts'
import {
  DocumentLimitError,
  InvalidValueError,
  ReadOnlyError,
} from '../../../../actors/replica/document/errors.ts'
import { DOCUMENT_LIMITS } from '../../../../actors/replica/document/limits.ts'
import { Counter, counter, Text } from '../../../../actors/replica/document/values.ts'

const BY = { author: '/user/agent-1' }
const INITIAL = {
  n: 1,
  list: [{ n: 1 }, { n: 2 }],
  map: { a: 1 },
  votes: new Counter(1),
  notes: new Text('text 😀'),
}
type State = typeof INITIAL & Record<string, unknown>

function open(limits = DOCUMENT_LIMITS): Document<State> {
  return Document.create<State>({
    id: 'agent-state/s',
    type: 'agent-state',
    actor: 'aa',
    limits,
    initial: INITIAL as State,
  })
}

class Own {
  n = 1
}

const circle: Record<string, unknown> = {}
circle.self = { circle }

const REFUSED: [string, RegExp, (draft: State) => void][] = [
  ['undefined', /^x: undefined can't be kept; use null/, (draft) => void (draft.x = undefined)],
  ['a function', /^x: a function can't be kept/, (draft) => void (draft.x = () => 1)],
  ['a bigint', /^x: a bigint can't be kept/, (draft) => void (draft.x = 1n)],
  ['a symbol', /^x: a symbol can't be kept/, (draft) => void (draft.x = Symbol('x'))],
  ['NaN', /^x\.a\[1\]: NaN can't be kept; use null/, (draft) => void (draft.x = { a: [0, Number.NaN] })],
  ['an instance of a class', /^x: an instance of Own/, (draft) => void (draft.x = new Own())],
  ['a Map', /^x: an instance of Map/, (draft) => void (draft.x = new Map())],
  ['what contains itself', /^x\.self\.circle: it contains itself/, (draft) => void (draft.x = circle)],
  ['an invalid date', /^x: an invalid date/, (draft) => void (draft.x = new Date(Number.NaN))],
  ['half a character', /^x: a string can't contain half/, (draft) => void (draft.x = '\ud83d')],
  [
    'the key __proto__',
    /"__proto__" can't be a key/,
    (draft) => void (draft.x = JSON.parse('{"__proto__":1}')),
  ],
  ['the key constructor', /"constructor" can't be a key/, (draft) => void (draft.constructor = 1 as never)],
  ['a key that begins with $', /keys that begin with \$/, (draft) => void (draft.$after = '')],
  ['half a character in a key', /half a character/, (draft) => void (draft['\ud83d'] = 1)],
  [
    'a symbol as a key',
    /a symbol can't be a key/,
    (draft) => void Object.assign(draft, { [Symbol('x')]: 1 }),
  ],
  ['a number in place of a counter', /^votes is a counter/, (draft) => void (draft.votes = 2 as never)],
  ['a string in place of a text', /^notes is a text/, (draft) => void (draft.notes = 'x' as never)],
  ['half a step of a counter', /a whole number/, (draft) => draft.votes.increment(1.5)],
  ['a counter beyond all numbers', /a whole number/, (draft) => draft.votes.increment(2 ** 53 - 1)],
  ['a half counter', /a whole number/, (draft) => void (draft.x = new Counter(0.5))],
  ['a position outside of a text', /has no position 99/, (draft) => draft.notes.insert(99, 'x')],
  ['more than there is of a text', /has no 99 characters at 2/, (draft) => draft.notes.delete(2, 99)],
  ['a position within a character', /two halves/, (draft) => draft.notes.insert(6, 'x')],
  ['a number in a text', /made of a string/, (draft) => draft.notes.insert(0, 1 as never)],
  [
    'a gap in a list',
    /a list has no gaps; the next element of this one is \[2\]/,
    (draft) => void (draft.list[5] = { n: 1 }),
  ],
  ['deleting an element', /splice\(\)/, (draft) => void delete draft.list[0]],
  ['a longer list', /only be made shorter/, (draft) => void (draft.list.length = 5)],
  [
    'a property of a list',
    /no property "x"/,
    (draft) => void ((draft.list as never as Record<string, number>).x = 1),
  ],
  ['sorting', /no sort\(\); move elements/, (draft) => void draft.list.sort()],
  ['reversing', /no reverse\(\)/, (draft) => void draft.list.reverse()],
  ['filling', /no fill\(\)/, (draft) => void draft.list.fill({ n: 1 })],
  ['copying within', /no copyWithin\(\)/, (draft) => void draft.list.copyWithin(0, 1)],
  [
    'defining a property',
    /by assignment/,
    (draft) => void Object.defineProperty(draft.map, 'a', { value: 1 }),
  ],
  [
    'defining an element',
    /by assignment/,
    (draft) => void Object.defineProperty(draft.list, 0, { value: 1 }),
  ],
  ['another prototype', /prototype can't be changed/, (draft) => void Object.setPrototypeOf(draft.map, null)],
  [
    'another prototype of a list',
    /prototype can't be/,
    (draft) => void Object.setPrototypeOf(draft.list, null),
  ],
  ['freezing', /can't be frozen/, (draft) => void Object.freeze(draft.map)],
  ['freezing a list', /can't be frozen/, (draft) => void Object.freeze(draft.list)],
]

for (const [what, message, edit] of REFUSED)
  test(`${what} is refused with a sentence that says where, and the edit leaves nothing behind`, () => {
    const document = open()
    const before = document.view()
    const refused = (error: unknown) => error instanceof InvalidValueError && message.test(error.message)
    const tried = () =>
      document.edit((draft) => {
        draft.n = 2
        edit(draft)
      }, BY)
    assert.throws(tried, refused)
    assert.equal(document.view(), before)
    assert.equal(document.commit(0), null)
  })

const LARGE: [string, (draft: State) => void][] = [
  ['a long string', (draft) => void (draft.x = 'x'.repeat(101))],
  ['many bytes', (draft) => void (draft.x = new Uint8Array(101))],
  ['containers deep within each other', (draft) => void (draft.x = [[[[[[]]]]]])],
  ['many operations', (draft) => void draft.list.push(...Array.from({ length: 60 }, () => ({ n: 1 })))],
  ['a long text', (draft) => draft.notes.insert(0, 'x'.repeat(101))],
  ['many bytes in all', (draft) => Array.from({ length: 50 }, (_, n) => (draft[`k${n}`] = 'x'.repeat(99)))],
]

for (const [what, edit] of LARGE)
  test(`${what}: the limit is told, and the edit leaves nothing behind`, () => {
    const limits = { ...DOCUMENT_LIMITS, stringUnits: 100, binaryBytes: 100, depth: 5, changeOperations: 100 }
    const document = open({ ...limits, changeBytes: 8_000 })
    const before = document.view()
    assert.throws(() => document.edit(edit, BY), DocumentLimitError)
    assert.equal(document.view(), before)
    // What is refused does not count against what comes after.
    document.edit((draft) => draft.notes.insert(0, 'x'.repeat(90)), BY)
    document.commit(0)
    document.edit((draft) => draft.notes.insert(0, 'x'.repeat(90)), BY)
  })

test('a key and a message have a longest length', () => {
  const document = open()
  assert.throws(() => document.edit((draft) => void (draft['k'.repeat(2_000)] = 1), BY), InvalidValueError)
  const message = 'm'.repeat(1_001)
  assert.throws(() => document.edit((draft) => void (draft.n = 1), { ...BY, message }), DocumentLimitError)
  assert.throws(() => document.edit(() => {}, { ...BY, message: 1 as never }), InvalidValueError)
})

test('a draft can be written only while its edit runs, and a view never', () => {
  const document = open()
  let kept: State | undefined
  document.edit((draft) => void (kept = draft), BY)
  const draft = kept as State
  assert.throws(() => void (draft.n = 1), ReadOnlyError)
  assert.throws(() => void draft.list.push({ n: 3 }), ReadOnlyError)
  assert.throws(() => void delete (draft.map as Record<string, number>).a, ReadOnlyError)
  assert.throws(() => draft.votes.increment(), ReadOnlyError)
  assert.throws(() => draft.notes.insert(0, 'x'), ReadOnlyError)
  const view = document.view() as State
  assert.throws(() => void (view.n = 1), TypeError)
  assert.throws(() => view.votes.increment(), ReadOnlyError)
  assert.throws(() => view.notes.insert(0, 'x'), ReadOnlyError)
  assert.throws(() => view.notes.delete(0), ReadOnlyError)
})

test('what has been taken out of the document can be read, and written to no more', () => {
  open().edit((draft) => {
    const [first] = draft.list
    assert.equal(draft.list.shift(), first)
    assert.equal(first?.n, 1)
    assert.throws(() => void ((first as { n: number }).n = 5), ReadOnlyError)
    const votes = draft.votes
    delete (draft as Partial<State>).votes
    assert.throws(() => votes.increment(), ReadOnlyError)
  }, BY)
})

test('within an edit nothing else can be done with the document, and it can not wait', () => {
  const document = open()
  document.edit(() => {
    assert.throws(() => document.view(), ReadOnlyError)
    assert.throws(() => document.commit(0), ReadOnlyError)
    assert.throws(() => document.receive([]), ReadOnlyError)
    assert.throws(() => document.edit(() => {}, BY), ReadOnlyError)
  }, BY)
  const waiting = (draft: State): unknown => Promise.resolve(draft.n++)
  assert.throws(() => document.edit(waiting as () => void, BY), InvalidValueError)
  assert.equal(document.view().n, 1)
})

test('a draft reads like what it stands for', () => {
  open().edit((draft) => {
    assert.deepEqual(Object.keys(draft.map), ['a'])
    assert.ok('a' in draft.map && !('b' in draft.map))
    assert.deepEqual({ ...draft.map }, { a: 1 })
    assert.deepEqual([...draft.list.map(({ n }) => n)], [1, 2])
    assert.deepEqual(Object.keys(draft.list), ['0', '1'])
    assert.ok(0 in draft.list && !(2 in draft.list) && 'length' in draft.list)
    assert.ok(Array.isArray(draft.list))
    assert.equal(draft.list.at(-1)?.n, 2)
    assert.equal(
      draft.list.find(({ n }) => n === 2),
      draft.list[1],
    )
    assert.equal(Object.getOwnPropertyDescriptor(draft.list, 'length')?.value, 2)
    assert.equal(Object.getOwnPropertyDescriptor(draft.list, 'x'), undefined)
    assert.equal(Object.getOwnPropertyDescriptor(draft.map, 'x'), undefined)
    assert.deepEqual(JSON.parse(JSON.stringify(draft)), JSON.parse(JSON.stringify(INITIAL)))
    assert.equal(Number(draft.votes) + 1, 2)
    assert.equal(`${draft.votes} ${draft.notes}`, '1 text 😀')
    assert.equal(draft.notes.length, 7)
  }, BY)
})

test('counters and texts work by themselves, before they become a part of a document', () => {
  const votes = counter(2)
  votes.increment()
  votes.decrement(5)
  assert.equal(votes.value, -2)
  assert.equal(JSON.stringify({ votes }), '{"votes":-2}')
  const text = new Text('one')
  text.insert(3, ' two')
  text.delete(0, 4)
  text.delete(0)
  assert.deepEqual([String(text), text.length, JSON.stringify(text)], ['wo', 2, '"wo"'])
  assert.throws(() => text.delete(0, -1), InvalidValueError)
  assert.throws(() => new Text('\udc00'), InvalidValueError)
  assert.throws(() => new Counter(Number.NaN), InvalidValueError)
})
