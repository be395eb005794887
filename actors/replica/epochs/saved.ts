/**
 * What lies where in a saved document, with the ids of the operations that put it there: also of elements that
 * are deleted, behind which others may have been inserted elsewhere.
 */
import { ByteReader, hex } from '../document/byte-reader.ts'
import { readChunks } from '../document/chunk.ts'
import { compareOps } from '../document/operation-id.ts'
import { ACTIONS, idAt, lengthOf, ROOT } from './change-codec.ts'
import {
  booleansIn,
  COLUMNS,
  type ColumnBytes,
  columnsOf,
  deltasIn,
  sizesIn,
  stringsIn,
  unsignedIn,
} from './columns.ts'

/** A value that is shown. */
export interface SavedValue {
  /** The operation that wrote it, which is also the id of the container if it is one. */
  readonly id: string
  readonly action: number
  /** The bytes of a scalar. */
  readonly value: Uint8Array
}

export interface SavedElement {
  /** The operation that inserted it. */
  readonly id: string
  /** Null where it is deleted. */
  shown: SavedValue | null
}

export interface SavedContainer {
  /** Of a map, what is shown by its keys. */
  readonly keys: Map<string, SavedValue>
  /** Of a list or a text, in their order. */
  readonly elements: SavedElement[]
}

export type SavedDocument = ReadonlyMap<string, SavedContainer>

interface Row extends SavedValue {
  readonly object: string
  readonly key: string | null
  readonly insert: boolean
  readonly succs: readonly string[]
}

/** @param saved all of a document as one chunk, by the engine of this process */
export function readSaved(saved: Uint8Array): SavedDocument {
  const [chunk] = readChunks(saved, Number.MAX_SAFE_INTEGER)
  const rows = rowsIn(new ByteReader((chunk as NonNullable<typeof chunk>).content))
  const increments = new Set(rows.filter(({ action }) => action === ACTIONS.increment).map(({ id }) => id))
  const document = new Map<string, SavedContainer>()
  for (const row of rows) {
    let container = document.get(row.object)
    if (container === undefined) {
      container = { keys: new Map(), elements: [] }
      document.set(row.object, container)
    }
    const isShown = row.action !== ACTIONS.increment && row.succs.every((succ) => increments.has(succ))
    enter(container, row, isShown)
  }
  return document
}

/** The rows of an element follow each other, the first one being that which inserted it. */
function enter({ keys, elements }: SavedContainer, row: Row, isShown: boolean): void {
  if (row.key !== null) {
    if (isShown && isAbove(row, keys.get(row.key))) keys.set(row.key, row)
    return
  }
  if (row.insert) elements.push({ id: row.id, shown: null })
  const element = elements.at(-1) as SavedElement
  if (isShown && isAbove(row, element.shown)) element.shown = row
}

function isAbove({ id }: SavedValue, other: SavedValue | null | undefined): boolean {
  return other == null || compareOps(id, other.id) > 0
}

/** The columns of changes come before those of operations, and what both are before all of them. */
function rowsIn(reader: ByteReader): Row[] {
  const actors = Array.from({ length: reader.unsigned() }, () => hex(reader.prefixed()))
  for (let heads = reader.unsigned(); heads > 0; heads--) reader.take(32)
  const [changes, operations] = [sizesIn(reader), sizesIn(reader)]
  for (const { length } of changes) reader.take(length)
  return operationsIn(columnsOf(reader, operations), actors)
}

function operationsIn(columns: ColumnBytes, actors: readonly string[]): Row[] {
  const of = (name: keyof typeof COLUMNS) => unsignedIn(columns, COLUMNS[name])
  const [objectActors, objectNumbers] = [of('objectActor'), of('objectNumber')]
  const [idActors, metas, succCounts, succActors] = [
    of('idActor'),
    of('valueMeta'),
    of('succCount'),
    of('succActor'),
  ]
  const [idNumbers, succNumbers] = [
    deltasIn(columns, COLUMNS.idNumber),
    deltasIn(columns, COLUMNS.succNumber),
  ]
  const keys = stringsIn(columns, COLUMNS.keyString)
  const inserts = booleansIn(columns, COLUMNS.insert)
  const values = new ByteReader(columns.get(COLUMNS.valueRaw) ?? new Uint8Array())
  let succ = 0
  return of('action').map((action, row) => ({
    id: idAt(actors, idActors[row], idNumbers[row]),
    object: objectNumbers[row] == null ? ROOT : idAt(actors, objectActors[row], objectNumbers[row]),
    key: keys[row] ?? null,
    insert: inserts[row] === true,
    action: action as number,
    value: values.take(lengthOf(metas[row] ?? 0)),
    succs: Array.from({ length: succCounts[row] ?? 0 }, () =>
      idAt(actors, succActors[succ], succNumbers[succ++]),
    ),
  }))
}
