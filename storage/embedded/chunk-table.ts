/** The chunks as rows: what the storage thread does for an `EmbeddedChunkStore`. */
import type { DatabaseSync } from 'node:sqlite'
import { checksumOf } from '../checksum.ts'
import { documentFull } from '../chunk-check.ts'
import type { ChunkKey, ChunkKind } from '../chunk-store.ts'
import type { StorageLimits } from '../limits.ts'
import type { Database } from './database.ts'
import type { Operations, Result } from './operation.ts'
import { isCorrupt } from './sqlite-error.ts'

export interface WriteArgs {
  /** Their bytes come apart from them, in the same order. */
  readonly chunks: readonly ChunkKey[]
  readonly remove: readonly ChunkKey[]
}

type Bytes = Uint8Array<ArrayBuffer>

export interface LoadRows {
  readonly chunks: { kind: ChunkKind; id: string; bytes: Bytes }[]
  readonly damaged: { kind: ChunkKind; id: string; reason: string }[]
}

export interface PageArgs {
  readonly prefix: string
  readonly after: string
  readonly limit: number
}

/** A kind's number in the tables is its place here. */
const KINDS: readonly ChunkKind[] = ['snapshot', 'incremental']

const prepareAll = (sql: DatabaseSync) => ({
  find: sql.prepare('SELECT number, bytes FROM documents WHERE name = ?'),
  create: sql.prepare('INSERT INTO documents (name) VALUES (?) RETURNING number, bytes'),
  resize: sql.prepare('UPDATE documents SET bytes = ? WHERE number = ?'),
  forget: sql.prepare('DELETE FROM documents WHERE number = ?'),
  names: sql.prepare('SELECT name FROM documents WHERE name >= ? AND name > ? ORDER BY name LIMIT ?'),
  // Answered from the index alone, so that a damaged row does not hide its neighbours.
  list: sql.prepare('SELECT number, kind, id FROM chunks WHERE document = ? ORDER BY kind, number'),
  read: sql.prepare('SELECT checksum, bytes FROM chunks WHERE number = ?'),
  has: sql.prepare(`SELECT EXISTS (SELECT 1 FROM chunks WHERE document = :document)
    OR EXISTS (SELECT 1 FROM damaged WHERE document = :document) AS kept`),
  insert: sql.prepare(`INSERT INTO chunks (document, kind, id, checksum, bytes) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (document, kind, id) DO NOTHING`),
  size: sql.prepare('SELECT length(bytes) AS bytes FROM chunks WHERE document = ? AND kind = ? AND id = ?'),
  replace: sql.prepare(
    'UPDATE chunks SET checksum = ?, bytes = ? WHERE document = ? AND kind = ? AND id = ?',
  ),
  drop: sql.prepare('DELETE FROM chunks WHERE document = ? AND kind = ? AND id = ?'),
  dropAll: sql.prepare('DELETE FROM chunks WHERE document = ?'),
  setAside: sql.prepare(`INSERT OR REPLACE INTO damaged (document, kind, id, checksum, bytes)
    SELECT document, kind, id, checksum, bytes FROM chunks WHERE number = ?`),
  // All or nothing, within the transaction of a group and without one.
  mark: sql.prepare('SAVEPOINT aside'),
  keep: sql.prepare('RELEASE aside'),
  dropNumber: sql.prepare('DELETE FROM chunks WHERE number = ?'),
  listDamaged: sql.prepare('SELECT kind, id, found FROM damaged WHERE document = ? ORDER BY number'),
  dropDamaged: sql.prepare('DELETE FROM damaged WHERE document = ? AND kind = ? AND id = ?'),
  dropAllDamaged: sql.prepare('DELETE FROM damaged WHERE document = ?'),
})

export function chunkOperations(database: Database, limits: StorageLimits): Operations {
  const table = new ChunkTable(database, limits.documentBytes)
  return {
    'chunks.load': { reads: true, run: (name: string) => table.load(name) },
    'chunks.write': { reads: false, run: (args: WriteArgs, bytes) => table.write(args, bytes) },
    'chunks.documents': { reads: true, run: (page: PageArgs) => table.documents(page) },
    'chunks.remove': { reads: false, run: (name: string) => table.remove(name) },
  }
}

interface DocumentRow {
  readonly number: number
  /** Of its chunks together, without damaged ones. */
  bytes: number
}

interface IndexRow {
  number: number
  kind: number
  id: string
}

class ChunkTable {
  readonly #sql: ReturnType<typeof prepareAll>
  readonly #path: string
  readonly #documentBytes: number

  constructor({ sql, path }: Database, documentBytes: number) {
    this.#sql = prepareAll(sql)
    this.#path = path
    this.#documentBytes = documentBytes
  }

  load(name: string): Result {
    const rows: LoadRows = { chunks: [], damaged: [] }
    const document = this.#find(name)
    if (document === undefined) return { value: rows }
    const index = this.#sql.list.all(document.number) as unknown as IndexRow[]
    for (const row of index) this.#read(name, document, row, rows)
    this.#listDamaged(document, rows)
    return { value: rows, transfer: rows.chunks.map(({ bytes }) => bytes.buffer) }
  }

  write({ chunks, remove }: WriteArgs, bytes: readonly Uint8Array[]): Result {
    const touched = new Map<string, { row: DocumentRow; before: number }>()
    const touch = (name: string, row: DocumentRow) => {
      touched.set(name, { row, before: row.bytes })
      return row
    }
    chunks.forEach((key, i) => {
      const name = key.document
      this.#put(touched.get(name)?.row ?? touch(name, this.#find(name) ?? this.#create(name)), key, bytes[i]!)
    })
    for (const key of remove) {
      const name = key.document
      const row = touched.get(name)?.row ?? this.#find(name)
      if (row !== undefined) this.#drop(touched.get(name)?.row ?? touch(name, row), key)
    }
    for (const [name, { row, before }] of touched) {
      if (row.bytes > before && row.bytes > this.#documentBytes)
        throw documentFull(name, row.bytes, this.#documentBytes)
      this.#sql.resize.run(row.bytes, row.number)
    }
    for (const { document } of remove) this.#forgetIfEmpty(touched.get(document)?.row)
    return {}
  }

  documents({ prefix, after, limit }: PageArgs): Result {
    const rows = this.#sql.names.all(prefix, after, limit) as unknown as { name: string }[]
    return { value: rows.map(({ name }) => name).filter((name) => name.startsWith(prefix)) }
  }

  remove(name: string): Result {
    const document = this.#find(name)
    if (document === undefined) return {}
    this.#sql.dropAll.run(document.number)
    this.#sql.dropAllDamaged.run(document.number)
    this.#sql.forget.run(document.number)
    return {}
  }

  #find(name: string): DocumentRow | undefined {
    return this.#sql.find.get(name) as unknown as DocumentRow | undefined
  }

  #create(name: string): DocumentRow {
    return this.#sql.create.get(name) as unknown as DocumentRow
  }

  #put(document: DocumentRow, key: ChunkKey, bytes: Uint8Array): void {
    const { insert, replace, dropDamaged } = this.#sql
    const place = placeOf(document, key)
    const checksum = checksumOf({ ...key, bytes })
    const isNew = insert.run(...place, checksum, bytes).changes === 1
    document.bytes += bytes.byteLength - (isNew ? 0 : this.#size(place))
    if (!isNew) replace.run(checksum, bytes, ...place)
    dropDamaged.run(...place)
  }

  #drop(document: DocumentRow, key: ChunkKey): void {
    const place = placeOf(document, key)
    document.bytes -= this.#size(place)
    this.#sql.drop.run(...place)
    this.#sql.dropDamaged.run(...place)
  }

  #size(place: Place): number {
    return (this.#sql.size.get(...place) as { bytes: number } | undefined)?.bytes ?? 0
  }

  #forgetIfEmpty(document: DocumentRow | undefined): void {
    if (document === undefined) return
    const { kept } = this.#sql.has.get({ document: document.number }) as { kept: number }
    if (kept === 0) this.#sql.forget.run(document.number)
  }

  #read(name: string, document: DocumentRow, { number, kind, id }: IndexRow, rows: LoadRows): void {
    const key = { document: name, kind: KINDS[kind]!, id }
    const row = this.#fetch(number)
    if (row === undefined) {
      const reason = `SQLite cannot read its part of ${this.#path}; it stays there`
      rows.damaged.push({ kind: key.kind, id, reason })
    } else if (checksumOf({ ...key, bytes: row.bytes }) === row.checksum)
      rows.chunks.push({ kind: key.kind, id, bytes: row.bytes })
    else this.#setAside(document, number, row.bytes.byteLength)
  }

  #fetch(number: number): { checksum: number; bytes: Bytes } | undefined {
    try {
      return this.#sql.read.get(number) as unknown as { checksum: number; bytes: Bytes }
    } catch (error) {
      if (isCorrupt(error)) return undefined
      throw error
    }
  }

  /** In its own table it is neither given out nor in the way of a good copy. */
  #setAside(document: DocumentRow, number: number, bytes: number): void {
    this.#sql.mark.run()
    this.#sql.setAside.run(number)
    this.#sql.dropNumber.run(number)
    document.bytes -= bytes
    this.#sql.resize.run(document.bytes, document.number)
    this.#sql.keep.run()
  }

  #listDamaged(document: DocumentRow, rows: LoadRows): void {
    const damaged = this.#sql.listDamaged.all(document.number) as unknown as (IndexRow & { found: string })[]
    for (const { kind, id, found } of damaged) {
      const reason = `its checksum did not fit at ${found}; it is kept in the table "damaged" of ${this.#path}`
      rows.damaged.push({ kind: KINDS[kind]!, id, reason })
    }
  }
}

type Place = [document: number, kind: number, id: string]

function placeOf(document: DocumentRow, { kind, id }: ChunkKey): Place {
  return [document.number, KINDS.indexOf(kind), id]
}
