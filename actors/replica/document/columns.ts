/**
 * Counts the operations in the columns of a change. A column is a series of runs, so its length says nothing
 * of how many rows it has; every one is counted, because the engine unpacks them all.
 */
import { ByteReader, MalformedError, TooLargeError } from './byte-reader.ts'

/** The lowest bits of a column's number say what is in it. */
const KINDS = { group: 0, actor: 1, unsigned: 2, delta: 3, boolean: 4, string: 5, meta: 6, raw: 7 } as const

/** The column with one row for each operation. */
const ACTION = 0x42

/** Predecessors and the like: an operation has several only where replicas wrote at the same time. */
const ROWS_PER_OPERATION = 4

/** Reads the columns that begin here. Throws MalformedError when there are more rows than allowed. */
export function countRows(reader: ByteReader, maxOperations: number): number {
  const columns = readColumns(reader)
  const max = maxOperations * ROWS_PER_OPERATION
  let operations = 0
  for (const { number, length } of columns) {
    if ((number & 0b1000) !== 0) throw new MalformedError('a column of a change is never deflated')
    const column = new ByteReader(reader.bytes, reader.at, reader.at + length)
    reader.take(length)
    const rows = rowsOf(column, number & 0b111, max)
    if (number === ACTION) operations = rows
  }
  if (operations > maxOperations) throw new TooLargeError(`it has more than ${maxOperations} operations`)
  return operations
}

/** What columns there are, in their order. */
function readColumns(reader: ByteReader): { number: number; length: number }[] {
  const columns: { number: number; length: number }[] = []
  for (let count = reader.unsigned(); count > 0; count--)
    columns.push({ number: reader.unsigned(), length: reader.unsigned() })
  return columns
}

function rowsOf(column: ByteReader, kind: number, max: number): number {
  if (kind === KINDS.raw) return 0
  let rows = 0
  let grouped = 0
  while (!column.done) {
    const run = kind === KINDS.boolean ? { rows: column.unsigned(), sum: 0 } : readRun(column, kind, max)
    rows += run.rows
    grouped += run.sum
    if (rows > max || grouped > max) throw new TooLargeError(`it has more than ${max} rows`)
  }
  return rows
}

/** A run: so many times one value, so many different values, or so many times none. */
function readRun(column: ByteReader, kind: number, max: number): { rows: number; sum: number } {
  const count = column.signed()
  if (count === 0) return { rows: column.unsigned(), sum: 0 }
  if (count > 0) return { rows: count, sum: readValue(column, kind) * count }
  if (-count > max) throw new TooLargeError(`it has more than ${max} rows`)
  let sum = 0
  for (let left = -count; left > 0; left--) sum += readValue(column, kind)
  return { rows: -count, sum }
}

/** Skips a value, and gives what it adds to the rows of the columns that belong to its group. */
function readValue(column: ByteReader, kind: number): number {
  if (kind === KINDS.string) column.prefixed()
  else if (kind === KINDS.delta) column.signed()
  else {
    const value = column.unsigned()
    if (kind === KINDS.group) return value
  }
  return 0
}
