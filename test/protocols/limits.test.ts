import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../protocols/errors.ts'
import { checkInteger, checkNumber, completeLimits, type Limits } from '../../protocols/limits.ts'

const DEFAULTS = completeLimits()

test('what is not given has its default', () => {
  assert.deepEqual(completeLimits({}), DEFAULTS)
  assert.deepEqual(completeLimits({ stallMs: 300 }), { ...DEFAULTS, stallMs: 300 })
  assert.deepEqual(completeLimits({ stallMs: undefined }), DEFAULTS)
})

test('a limit that does not exist is refused, and those that do are named', () => {
  assert.throws(
    () => completeLimits({ mailboxsize: 1 } as Partial<Limits>),
    /there is no limit "mailboxsize"; the limits are mailboxSize, /,
  )
})

for (const name of Object.keys(DEFAULTS) as (keyof Limits)[])
  test(`limits.${name} is refused by name where it is out of its range or no number`, () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5', null])
      assert.throws(
        () => completeLimits({ [name]: bad }),
        (error) => error instanceof InvalidOptionError && error.message.includes(`limits.${name} `),
      )
  })

test('only the limit on resident memory may be zero, which means a share of the machine', () => {
  assert.equal(completeLimits({ rssMb: 0 }).rssMb, 0)
  assert.throws(
    () => completeLimits({ mailboxSize: 0 }),
    /limits.mailboxSize has to be a number of 1 or more, not 0/,
  )
})

test('an error about a number says its range', () => {
  assert.throws(
    () => checkNumber('x', 11, 0, 10),
    /^InvalidOptionError: x has to be a number from 0 to 10, not 11$/,
  )
  assert.throws(() => checkInteger('x', 1.5, 0), /^InvalidOptionError: x has to be a whole number, not 1.5$/)
})
