import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { NotSendableError } from '../../../protocols/errors.ts'
import { scanOne, scanValues } from '../../../protocols/payload/scan.ts'

const MB = 1_024 * 1_024

class Money {
  readonly cents = 5
}

class Tally {
  toJSON(): number {
    return 5
  }
}

const SENDABLE: [what: string, value: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['numbers of all kinds', [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 2n ** 80n]],
  ['texts', ['', 'x', '🦊', '\u0000']],
  ['dates and patterns', [new Date(0), /a/g]],
  ['boxed values', [Object(1), Object('a'), Object(true)]],
  ['binary data', [new ArrayBuffer(8), new SharedArrayBuffer(8), new Uint8Array(2), Buffer.from('a')]],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ['an object of another realm', runInNewContext('({ a: [1] })')],
  ['a list with holes', Object.assign(new Array(3), { 0: 1 })],
]

for (const [what, value] of SENDABLE)
  test(`${what} may be sent`, () => {
    assert.equal(scanValues([value], MB), false)
    structuredClone(value)
  })

const REFUSED: [what: string, value: unknown, message: RegExp][] = [
  ['a function', { a: [1, { run: () => 1 }] }, /^argument 2\.a\[1\]\.run can't be sent: it is a function/],
  ['a symbol', [Symbol('x')], /^argument 2\[0\] can't be sent: it is a symbol/],
  [
    'a Promise',
    { later: Promise.resolve(1) },
    /^argument 2\.later can't be sent: it is a Promise; await it first/,
  ],
  [
    'an instance of a class',
    { price: new Money() },
    /^argument 2\.price can't be sent: it is an instance of Money/,
  ],
  [
    'an instance of a class that has a plain form',
    { votes: new Tally() },
    /^argument 2\.votes can't be sent: it is an instance of Tally, .*; send what its toJSON\(\) gives/,
  ],
  ['a WeakMap', new WeakMap(), /^argument 2 can't be sent: it is an instance of WeakMap/],
  ['a WeakSet', [new WeakSet()], /^argument 2\[0\] can't be sent: it is an instance of WeakSet/],
  ['a value of a Map', new Map([['k', () => 1]]), /^argument 2\.get\(k\) can't be sent/],
  ['a key of a Map', new Map([[() => 1, 'v']]), /^argument 2\.\(a key of the Map\) can't be sent/],
  ['an item of a Set', new Set([Symbol.iterator]), /^argument 2\.\(an item of the Set\) can't be sent/],
  ['a generator', (function* () {})(), /^argument 2 can't be sent: it is an instance of/],
]

for (const [what, value, message] of REFUSED)
  test(`${what} is refused, and the place is named`, () => {
    assert.throws(
      () => scanValues(['fine', value], MB),
      (error) => error instanceof NotSendableError && message.test(error.message),
    )
  })

test('a value that is nested too deep is refused', () => {
  let value: unknown = 0
  for (let i = 0; i < 1_002; i++) value = [value]
  assert.throws(
    () => scanOne(value, 'the result', MB),
    /can't be sent: it is nested more than 1000 levels deep/,
  )
})

test('circles and what is met many times are walked once', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  assert.equal(scanOne(circle, 'x', MB), false)
  let lattice: unknown = {}
  for (let i = 0; i < 60; i++) lattice = [lattice, lattice]
  assert.equal(scanOne(lattice, 'x', MB), false)
})

test('a message that is too large is refused, and the limit is named', () => {
  const tooLarge = [
    ['x'.repeat(MB + 1)],
    [new Uint8Array(MB + 1)],
    [new ArrayBuffer(MB + 1)],
    [Array.from({ length: MB / 8 + 1 }, (_, i) => i)],
    [{ ['k'.repeat(MB + 1)]: 1 }],
    [new Array(100_000_000)],
  ]
  for (const values of tooLarge)
    assert.throws(
      () => scanValues(values, MB),
      /NotSendableError: the message is larger than limits.messageBytes \(1048576\)/,
    )
})

test('the limit is one for all arguments together', () => {
  const half = 'x'.repeat(MB / 2 + 1)
  scanValues([half], MB)
  assert.throws(() => scanValues([half, half], MB), NotSendableError)
})

test('references and errors are found wherever they are', () => {
  for (const value of [
    new Error('e'),
    [new Error('e')],
    new Map([[1, { e: new Error('e') }]]),
    new Set([new Error('e')]),
  ])
    assert.equal(scanValues([1, value, 2], MB), true)
})
