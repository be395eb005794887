import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as own from '../../../protocols/errors.ts'
import { errorFromWire, errorToWire, toError } from '../../../protocols/payload/wire-error.ts'

const travel = (error: Error) => errorFromWire(structuredClone(errorToWire(error)))

test('an error of our own arrives as an instance of its class with all that it tells', () => {
  for (const Type of [own.Refused, own.AskTimeoutError, own.InvalidOptionError, own.LinkedActorError]) {
    const cause = new RangeError('the reason')
    const sent = new Type('why', { target: '/user/a', method: 'm', mayHaveRun: false, cause })
    const arrived = travel(sent) as own.NeuroplexError
    assert.ok(arrived instanceof Type)
    assert.deepEqual(
      [arrived.code, arrived.message, arrived.target, arrived.method, arrived.mayHaveRun],
      [sent.code, 'why', '/user/a', 'm', false],
    )
    assert.ok(arrived.cause instanceof RangeError)
    assert.equal(arrived.stack, sent.stack)
  }
})

test("an error of the language's own classes arrives as an instance of its class", () => {
  for (const Type of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    const arrived = travel(new Type('why'))
    assert.equal(Object.getPrototypeOf(arrived), Type.prototype)
    assert.deepEqual([arrived.name, arrived.message], [Type.name, 'why'])
  }
})

test("an error of a user's class keeps its name, message, code and cause", () => {
  const sent = Object.assign(new Error('no more', { cause: { deep: 1 } }), {
    name: 'BudgetError',
    code: 'E_BUDGET',
  })
  const arrived = travel(sent) as own.NeuroplexError
  assert.deepEqual([arrived.name, arrived.message, arrived.code], ['BudgetError', 'no more', 'E_BUDGET'])
  assert.deepEqual(arrived.cause, { deep: 1 })
  assert.equal(String(arrived), 'BudgetError: no more')
})

test('an error without a cause arrives without one, and a cause that is no error as it was', () => {
  assert.ok(!('cause' in travel(new Error('why'))))
  for (const cause of [null, 0, '', 'text', true, 12n, [1, { two: 2 }], new Map([[1, 2]])])
    assert.deepEqual(travel(new Error('why', { cause })).cause, cause)
})

test('a cause that can not travel arrives as its text', () => {
  const { cause } = travel(new Error('why', { cause: Symbol('secret') }))
  assert.equal(cause, 'Symbol(secret)')
  assert.match(String(travel(new Error('why', { cause: () => 1 })).cause), /=> 1/)
})

test('a chain of causes that goes in a circle ends', () => {
  const first = new Error('first')
  const second = new Error('second', { cause: first })
  first.cause = second
  let depth = 0
  for (let error: unknown = travel(first); error instanceof Error; error = error.cause) depth++
  assert.ok(depth > 2 && depth < 100)
})

test('whatever was thrown becomes an error', () => {
  const error = new TypeError('x')
  assert.equal(toError(error), error)
  assert.match(toError('just a text').message, /just a text/)
  assert.equal(toError(undefined).message, 'a value that is no Error was thrown: undefined')
  const bare = Object.create(null) as object
  assert.equal(toError(bare).cause, bare)
})

test('an error that came with its stack does not keep later ones from theirs', () => {
  const limit = Error.stackTraceLimit
  const wire = { name: 'RangeError', message: 'why', stack: 'RangeError: why\n    at there' }
  assert.equal(errorFromWire(wire).stack, wire.stack)
  assert.equal(Error.stackTraceLimit, limit)
  assert.match(String(errorFromWire({ name: 'RangeError', message: 'why' }).stack), /wire-error\.ts/)
})
