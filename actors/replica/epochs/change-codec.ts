/**
 * A change as it is written, and back into bytes. The engine's own way from a description to a change can't
 * carry all values; here a value is passed on as the bytes that it is.
 */
import { createHash } from 'node:crypto'
import { ByteReader } from '../document/byte-reader.ts'
import { CHUNK_KINDS, readChunks } from '../document/chunk.ts'
import { compareOps, splitOp } from '../document/operation-id.ts'
import {
  ByteWriter,
  booleanColumn,
  booleansIn,
  COLUMNS,
  type ColumnBytes,
  columnsOf,
  deltaColumn,
  deltasIn,
  sizesIn,
  stringColumn,
  stringsIn,
  unsignedColumn,
  unsignedIn,
} from './columns.ts'

export const ROOT = '_root'
export const HEAD = '_head'

export const ACTIONS = { makeMap: 0, set: 1, makeList: 2, delete: 3, makeText: 4, increment: 5 } as const

export interface Operation {
  /** The id of the container. */
  readonly object: string
  /** The key in a map, or else null. */
  readonly key: string | null
  /** The element in a list or text, or that behind which something is inserted. */
  readonly element: string | null
  readonly insert: boolean
  readonly action: number
  /** The type of the value and how many bytes it takes, as the engine has it, and these bytes. */
  readonly meta: number
  readonly value: Uint8Array
  readonly preds: readonly string[]
}

export interface ChangeContent {
  readonly actor: string
  readonly seq: number
  readonly startOp: number
  /** In seconds. */
  readonly time: number
  readonly message: string
  readonly deps: readonly string[]
  readonly operations: readonly Operation[]
}

/** Throws MalformedError for what is no change. */
export function decode(bytes: Uint8Array): ChangeContent {
  const [chunk] = readChunks(bytes, Number.MAX_SAFE_INTEGER)
  const reader = new ByteReader((chunk as NonNullable<typeof chunk>).content)
  const deps = Array.from({ length: reader.unsigned() }, () => reader.hex(32))
  const actor = hexOf(reader.prefixed())
  const [seq, startOp, time] = [reader.unsigned(), reader.unsigned(), reader.signed()]
  const message = new TextDecoder().decode(reader.prefixed())
  const actors = [actor, ...Array.from({ length: reader.unsigned() }, () => hexOf(reader.prefixed()))]
  const columns = columnsOf(reader, sizesIn(reader))
  return { actor, seq, startOp, time, message, deps, operations: operationsIn(columns, actors) }
}

export function idAt(
  actors: readonly string[],
  actor: number | null | undefined,
  number: number | null | undefined,
): string {
  return `${number}@${actors[actor ?? 0]}`
}

function operationsIn(columns: ColumnBytes, actors: readonly string[]): Operation[] {
  const of = (name: keyof typeof COLUMNS) => unsignedIn(columns, COLUMNS[name])
  const [objectActors, objectNumbers, keyActors] = [of('objectActor'), of('objectNumber'), of('keyActor')]
  const [metas, predCounts, predActors] = [of('valueMeta'), of('predCount'), of('predActor')]
  const keyNumbers = deltasIn(columns, COLUMNS.keyNumber)
  const keys = stringsIn(columns, COLUMNS.keyString)
  const inserts = booleansIn(columns, COLUMNS.insert)
  const predNumbers = deltasIn(columns, COLUMNS.predNumber)
  const values = new ByteReader(columns.get(COLUMNS.valueRaw) ?? new Uint8Array())
  let pred = 0
  return of('action').map((action, row) => {
    const preds = Array.from({ length: predCounts[row] ?? 0 }, () =>
      idAt(actors, predActors[pred], predNumbers[pred++]),
    )
    const meta = metas[row] ?? 0
    const key = keys[row] ?? null
    return {
      object: objectNumbers[row] == null ? ROOT : idAt(actors, objectActors[row], objectNumbers[row]),
      key,
      element:
        key !== null ? null : keyActors[row] == null ? HEAD : idAt(actors, keyActors[row], keyNumbers[row]),
      insert: inserts[row] === true,
      action: action as number,
      meta,
      value: values.take(lengthOf(meta)),
      preds,
    }
  })
}

/** How many bytes a value takes. */
export function lengthOf(meta: number): number {
  return Math.floor(meta / 16)
}

/** What is read again as the same, as bytes and with its hash. The same content gives the same bytes. */
export function encode(change: ChangeContent): { bytes: Uint8Array; hash: string } {
  const { actor, operations } = change
  const actors = [actor, ...othersIn(actor, operations)]
  const writer = new ByteWriter()
  const deps = [...change.deps].sort()
  writer.unsigned(deps.length)
  for (const dep of deps) writer.put(Buffer.from(dep, 'hex'))
  writer.prefixed(Buffer.from(actor, 'hex'))
  writer.unsigned(change.seq)
  writer.unsigned(change.startOp)
  writer.signed(change.time)
  writer.prefixed(new TextEncoder().encode(change.message))
  writer.unsigned(actors.length - 1)
  for (const other of actors.slice(1)) writer.prefixed(Buffer.from(other, 'hex'))
  const columns = columnsFor(operations, new Map(actors.map((each, index) => [each, index])))
  const filled = columns.filter(([, bytes]) => bytes.length > 0)
  writer.unsigned(filled.length)
  for (const [number, bytes] of filled) {
    writer.unsigned(number)
    writer.unsigned(bytes.length)
  }
  for (const [, bytes] of filled) writer.put(bytes)
  return framed(writer.take())
}

function columnsFor(
  operations: readonly Operation[],
  actors: ReadonlyMap<string, number>,
): [number, Uint8Array][] {
  const actorOf = (id: string) => actors.get(splitOp(id)[1]) as number
  const objects = operations.map(({ object }) => (object === ROOT ? null : object))
  const elements = operations.map(({ element }) => (element === HEAD ? null : element))
  const preds = operations.map((operation) => [...operation.preds].sort(compareOps))
  const all = preds.flat()
  const actor = (id: string | null) => (id === null ? null : actorOf(id))
  const number = (id: string | null) => (id === null ? null : splitOp(id)[0])
  const keyNumbers = operations.map(({ element }) => (element === HEAD ? 0 : number(element)))
  return [
    [COLUMNS.objectActor, unsignedColumn(objects.map(actor))],
    [COLUMNS.objectNumber, unsignedColumn(objects.map(number))],
    [COLUMNS.keyActor, unsignedColumn(elements.map(actor))],
    [COLUMNS.keyNumber, deltaColumn(keyNumbers)],
    [COLUMNS.keyString, stringColumn(operations.map(({ key }) => key))],
    [COLUMNS.insert, booleanColumn(operations.map(({ insert }) => insert))],
    [COLUMNS.action, unsignedColumn(operations.map(({ action }) => action))],
    [COLUMNS.valueMeta, unsignedColumn(operations.map(({ meta }) => meta))],
    [COLUMNS.valueRaw, Buffer.concat(operations.map(({ value }) => value))],
    [COLUMNS.predCount, unsignedColumn(preds.map(({ length }) => length))],
    [COLUMNS.predActor, unsignedColumn(all.map(actor))],
    [COLUMNS.predNumber, deltaColumn(all.map(number))],
  ]
}

function othersIn(own: string, operations: readonly Operation[]): string[] {
  const others = new Set<string>()
  for (const { object, element, preds } of operations)
    for (const id of [object, element, ...preds])
      if (id !== null && id !== ROOT && id !== HEAD) others.add(splitOp(id)[1])
  others.delete(own)
  return [...others].sort()
}

function framed(content: Uint8Array): { bytes: Uint8Array; hash: string } {
  const head = new ByteWriter()
  head.byte(CHUNK_KINDS.change)
  head.unsigned(content.length)
  const body = Buffer.concat([head.take(), content])
  const digest = createHash('sha256').update(body).digest()
  const magic = Buffer.from('856f4a83', 'hex')
  return { bytes: Buffer.concat([magic, digest.subarray(0, 4), body]), hash: digest.toString('hex') }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
