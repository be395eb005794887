import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteReader, MalformedError, TooLargeError } from '../../../../actors/replica/document/byte-reader.ts'
import { countRows } from '../../../../actors/replica/document/columns.ts'

const ACTION = 0x42
/** Numbers of columns whose lowest bits name each kind. */
const GROUP = 0x70
const ACTOR = 0x71
const DELTA = 0x73
const BOOLEAN = 0x34
const STRING = 0x15
const RAW = 0x57

/** The columns as they are in a change: what there is, and then the rows of each. */
function count(columns: [number, number[]][], max = 100): number {
  const head = columns.flatMap(([number, rows]) => [number, rows.length])
  const bytes = Uint8Array.from([columns.length, ...head, ...columns.flatMap(([, rows]) => rows)])
  return countRows(new ByteReader(bytes), max)
}

test('operations are counted over repeated, different and absent values', () => {
  assert.equal(count([[ACTION, []]]), 0)
  assert.equal(count([[ACTION, [5, 1]]]), 5) // five times a 1
  assert.equal(count([[ACTION, [0x7d, 1, 4, 1]]]), 3) // three values
  assert.equal(count([[ACTION, [0, 7]]]), 7) // seven times none
  assert.equal(count([[ACTION, [2, 1, 0x7f, 3, 0, 4]]]), 7)
})

test('columns of all kinds are read, each by its own kind', () => {
  const operations = count([
    [STRING, [0x7e, 1, 97, 2, 98, 99]],
    [BOOLEAN, [1, 1]],
    [ACTION, [2, 1]],
    [RAW, [1, 2, 3, 4, 5]],
    [GROUP, [2, 1]],
    [ACTOR, [2, 0]],
    [DELTA, [0x7e, 1, 0x7f]],
  ])
  assert.equal(operations, 2)
})

test('a few bytes that stand for more rows than allowed are refused before anybody unpacks them', () => {
  const many = [0xff, 0xff, 0x03] // 65,535
  const large: [number, number[]][] = [
    [ACTION, [...many, 1]],
    [ACTION, [0, ...many]],
    [BOOLEAN, many],
    [DELTA, [...many, 1]],
    // So many different values.
    [ACTION, [0x80, 0x80, 0x7c]],
    // One operation that replaces so many.
    [GROUP, [1, ...many]],
  ]
  for (const column of large) assert.throws(() => count([column]), TooLargeError)
  // 101 operations.
  assert.throws(() => count([[ACTION, [0xe5, 0, 1]]]), { message: 'it has more than 100 operations' })
})

test('columns that are deflated, end early or say that they are longer are refused', () => {
  assert.throws(() => count([[ACTION | 0b1000, [5, 1]]]), MalformedError)
  assert.throws(() => count([[ACTION, [5]]]), MalformedError)
  assert.throws(() => countRows(new ByteReader(Uint8Array.from([1, ACTION, 9, 5, 1])), 100), MalformedError)
})
