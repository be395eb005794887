import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Reference, type WireRef } from '../../../protocols/address.ts'
import { Refused } from '../../../protocols/errors.ts'
import { pack, unpack } from '../../../protocols/payload/pack.ts'
import { scanOne } from '../../../protocols/payload/scan.ts'

class TestRef extends Reference {
  readonly wire: WireRef

  constructor(wire: WireRef) {
    super()
    this.wire = wire
  }

  override get path(): string {
    return this.wire.path
  }

  override toWire(): WireRef {
    return this.wire
  }
}

const revive = (wire: WireRef) => new TestRef(wire)
const travel = <T>(value: T): T => unpack(structuredClone(pack(value)), revive) as T

const references = fc
  .tuple(fc.nat(100), fc.nat(), fc.string())
  .map(([thread, serial, path]) => new TestRef({ thread, serial, type: 'Any', path }))
const errors = fc
  .tuple(
    fc.constantFrom(Error, TypeError, RangeError),
    fc.string(),
    fc.option(fc.string(), { nil: undefined }),
  )
  .map(([Type, message, cause]) => (cause === undefined ? new Type(message) : new Type(message, { cause })))
const bytes = fc.oneof(fc.uint8Array(), fc.float64Array(), fc.int16Array())
const leaves = fc.oneof(
  ...[
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.bigInt(),
    fc.constantFrom(null, undefined),
    fc.date(),
    fc.constant(/a+/g),
  ],
  ...[references, errors, bytes],
)

/** Whatever may be in a message, to any depth. */
const { values } = fc.letrec<{ values: unknown }>((tie) => ({
  values: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaves,
    fc.array(tie('values')),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'then', 'ref')),
      tie('values'),
      { noNullPrototype: true },
    ),
    fc.array(fc.tuple(tie('values'), tie('values'))).map((entries) => new Map(entries)),
    fc.array(tie('values')).map((items) => new Set(items)),
  ),
}))

test('whatever may be sent arrives as it was, with the references and errors inside', () => {
  fc.assert(
    fc.property(values, (value) => {
      scanOne(value, 'the value', Number.MAX_SAFE_INTEGER)
      assert.deepEqual(travel(value), value)
    }),
    { numRuns: 150 },
  )
})

test('what is sent is not changed by being packed', () => {
  const value = { ref: new TestRef({ thread: 1, serial: 2, type: 'A', path: '/a' }), list: [new Error('e')] }
  const packed = pack(value)
  assert.ok(value.ref instanceof TestRef && value.list[0] instanceof Error)
  assert.notEqual(packed.value, value)
})

test('an object that is met twice is one object on the other side too', () => {
  const shared = { ref: new TestRef({ thread: 1, serial: 2, type: 'A', path: '/a' }) }
  const [first, second, ref] = travel([shared, shared, shared.ref] as const)
  assert.equal(first, second)
  assert.equal(first.ref, ref)
})

test('circles arrive as circles', () => {
  interface Knot {
    self?: Knot
    map: Map<unknown, unknown>
    list: unknown[]
    error: Error
  }
  const knot: Knot = { map: new Map(), list: [], error: new Refused('no') }
  knot.self = knot
  knot.map.set(knot.map, knot)
  knot.list.push(knot.list, new Set([knot]))
  const arrived = travel(knot)
  assert.equal(arrived.self, arrived)
  assert.equal(arrived.map.get(arrived.map), arrived)
  assert.equal(arrived.list[0], arrived.list)
  assert.ok((arrived.list[1] as Set<unknown>).has(arrived))
  assert.ok(arrived.error instanceof Refused)
})

test("a key __proto__ is a key like any other and changes nobody's prototype", () => {
  const value = JSON.parse('{"__proto__":{"admin":true},"deep":{"__proto__":1}}') as { deep: object }
  const arrived = travel({ value, ref: new TestRef({ thread: 1, serial: 2, type: 'A', path: '/a' }) }).value
  assert.ok(Object.hasOwn(arrived, '__proto__') && Object.hasOwn(arrived.deep, '__proto__'))
  assert.equal(Object.getPrototypeOf(arrived), Object.prototype)
  assert.equal((arrived as { admin?: boolean }).admin, undefined)
})

test('an object that looks like a packed reference stays what it is', () => {
  const value = [{ thread: 1, serial: 2, type: 'A', path: '/a' }, { 0: {}, specials: [] }, {}]
  assert.deepEqual(travel(value), value)
})

test('references and errors may be keys of a Map and items of a Set', () => {
  const ref = new TestRef({ thread: 1, serial: 2, type: 'A', path: '/a' })
  const arrived = travel({ map: new Map([[ref, new RangeError('e')]]), set: new Set([ref]) })
  const [[key, error]] = [...arrived.map] as [[TestRef, RangeError]]
  assert.ok(key instanceof TestRef && error instanceof RangeError)
  assert.ok(arrived.set.has(key))
})

test('deep nesting up to the bound arrives', () => {
  let value: unknown = new TestRef({ thread: 1, serial: 2, type: 'A', path: '/a' })
  for (let i = 0; i < 999; i++) value = i % 2 === 0 ? [value] : { value }
  scanOne(value, 'the value', Number.MAX_SAFE_INTEGER)
  assert.deepEqual(travel(value), value)
})
