/** Reads and writes the columns in which Automerge keeps operations: each is a series of runs of one field. */
import { inflateRawSync } from 'node:zlib'
import { ByteReader } from '../document/byte-reader.ts'

/** The columns of operations by their numbers, in changes and in saved documents. */
export const COLUMNS = {
  objectActor: 0x01,
  objectNumber: 0x02,
  keyActor: 0x11,
  keyNumber: 0x13,
  keyString: 0x15,
  idActor: 0x21,
  idNumber: 0x23,
  insert: 0x34,
  action: 0x42,
  valueMeta: 0x56,
  valueRaw: 0x57,
  predCount: 0x70,
  predActor: 0x71,
  predNumber: 0x73,
  succCount: 0x80,
  succActor: 0x81,
  succNumber: 0x83,
} as const

export type ColumnBytes = ReadonlyMap<number, Uint8Array>

interface ColumnSize {
  readonly number: number
  readonly length: number
}

/** Says of a column in a saved document that it is deflated. */
const DEFLATED = 0b1000

export function sizesIn(reader: ByteReader): ColumnSize[] {
  return Array.from({ length: reader.unsigned() }, () => ({
    number: reader.unsigned(),
    length: reader.unsigned(),
  }))
}

/** The columns that begin here, by their numbers. */
export function columnsOf(reader: ByteReader, sizes: readonly ColumnSize[]): ColumnBytes {
  return new Map(
    sizes.map(({ number, length }) => {
      const bytes = reader.take(length)
      return (number & DEFLATED) === 0 ? [number, bytes] : [number - DEFLATED, inflateRawSync(bytes)]
    }),
  )
}

const NONE = new Uint8Array()

export function unsignedIn(columns: ColumnBytes, column: number): (number | null)[] {
  return runs(columns.get(column) ?? NONE, (reader) => reader.unsigned())
}

export function stringsIn(columns: ColumnBytes, column: number): (string | null)[] {
  const decoder = new TextDecoder()
  return runs(columns.get(column) ?? NONE, (reader) => decoder.decode(reader.prefixed()))
}

/** Numbers that are written as what each is greater than the one before. */
export function deltasIn(columns: ColumnBytes, column: number): (number | null)[] {
  let last = 0
  return runs(columns.get(column) ?? NONE, (reader) => reader.signed()).map((delta) =>
    delta === null ? null : (last += delta),
  )
}

export function booleansIn(columns: ColumnBytes, column: number): boolean[] {
  const reader = new ByteReader(columns.get(column) ?? NONE)
  const values: boolean[] = []
  for (let value = false; !reader.done; value = !value)
    for (let count = reader.unsigned(); count > 0; count--) values.push(value)
  return values
}

function runs<T>(bytes: Uint8Array, read: (reader: ByteReader) => T): (T | null)[] {
  const reader = new ByteReader(bytes)
  const values: (T | null)[] = []
  while (!reader.done) {
    const count = reader.signed()
    if (count > 0) {
      const value = read(reader)
      for (let left = count; left > 0; left--) values.push(value)
    } else if (count < 0) for (let left = -count; left > 0; left--) values.push(read(reader))
    else for (let left = reader.unsigned(); left > 0; left--) values.push(null)
  }
  return values
}

/** Grows as it is written to. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#length++] = value
  }

  put(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  prefixed(bytes: Uint8Array): void {
    this.unsigned(bytes.length)
    this.put(bytes)
  }

  unsigned(value: number): void {
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 0x80)
    this.byte(rest)
  }

  signed(value: number): void {
    let rest = value
    for (;;) {
      const low = ((rest % 128) + 128) % 128
      rest = Math.floor(rest / 128)
      const isLast = (rest === 0 && low < 64) || (rest === -1 && low >= 64)
      this.byte(isLast ? low : low | 0x80)
      if (isLast) return
    }
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #grow(by: number): void {
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + by))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

export function unsignedColumn(values: readonly (number | null)[]): Uint8Array {
  return column(values, (writer, value) => writer.unsigned(value))
}

export function stringColumn(values: readonly (string | null)[]): Uint8Array {
  const encoder = new TextEncoder()
  return column(values, (writer, value) => writer.prefixed(encoder.encode(value)))
}

export function deltaColumn(values: readonly (number | null)[]): Uint8Array {
  let last = 0
  const deltas = values.map((value) => {
    if (value === null) return null
    const delta = value - last
    last = value
    return delta
  })
  return column(deltas, (writer, value) => writer.signed(value))
}

export function booleanColumn(values: readonly boolean[]): Uint8Array {
  const writer = new ByteWriter()
  let last = false
  let count = 0
  for (const value of values) {
    if (value !== last) {
      writer.unsigned(count)
      last = value
      count = 0
    }
    count++
  }
  if (count > 0) writer.unsigned(count)
  return writer.take()
}

/** Equal values that follow each other are one run, different ones are another; a column of nothing is empty. */
function column<T>(values: readonly (T | null)[], write: (writer: ByteWriter, value: T) => void): Uint8Array {
  const writer = new ByteWriter()
  if (values.every((value) => value === null)) return writer.take()
  for (let at = 0; at < values.length; ) {
    const value = values[at] as T | null
    const count = equalFrom(values, at)
    if (value === null) {
      writer.signed(0)
      writer.unsigned(count)
      at += count
    } else if (count > 1) {
      writer.signed(count)
      write(writer, value)
      at += count
    } else {
      const end = differentFrom(values, at)
      writer.signed(at - end)
      for (; at < end; at++) write(writer, values[at] as T)
    }
  }
  return writer.take()
}

function equalFrom<T>(values: readonly T[], at: number): number {
  let end = at + 1
  while (end < values.length && values[end] === values[at]) end++
  return end - at
}

/** Where a run of values ends of which no two that follow each other are equal. */
function differentFrom<T>(values: readonly (T | null)[], at: number): number {
  let end = at + 1
  while (end < values.length && values[end] !== null && values[end] !== values[end + 1]) end++
  return end
}
