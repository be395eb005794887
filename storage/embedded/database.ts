/**
 * The data folder of the embedded storage: one SQLite database that one process has open at a time.
 *
 * A commit is acknowledged when it is in the write-ahead log and that is synchronised with the disk
 * (`synchronous = FULL`), so it survives the loss of power as well as that of the process.
 */
import { closeSync, existsSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StorageFailedError } from '../../protocols/errors.ts'
import { holdFolder, synchronise } from '../data-folder.ts'
import type { StorageLimits } from '../limits.ts'
import type { ProcessLock } from '../process-lock.ts'
import { APPLICATION_ID, migrate } from './migrations.ts'
import { storageFailed } from './sqlite-error.ts'

/** The log is cut to this when it has been worked off, after a burst has made it larger. */
const LOG_BYTES = 16 * 1024 * 1024
/** Someone who looks at the file with a tool of his own may hold it up for so long. */
const BUSY_MS = 5_000

export class Database {
  readonly path: string
  readonly sql: DatabaseSync
  readonly #lock: ProcessLock

  private constructor(path: string, sql: DatabaseSync, lock: ProcessLock) {
    this.path = path
    this.sql = sql
    this.#lock = lock
  }

  /** Makes what is not there. Throws StorageInUseError or StorageFailedError. */
  static open(folder: string, { storeBytes }: Pick<StorageLimits, 'storeBytes'>): Database {
    const path = join(folder, 'storage.db')
    const lock = holdFolder(folder)
    let sql: DatabaseSync | undefined
    try {
      makeFile(path)
      sql = new DatabaseSync(path, { timeout: BUSY_MS })
      prepare(sql, storeBytes)
      return new Database(path, sql, lock)
    } catch (error) {
      sql?.close()
      lock.release()
      throw error instanceof StorageFailedError ? error : storageFailed(`cannot open ${path}`, error)
    }
  }

  close(): void {
    this.sql.close()
    this.#lock.release()
  }
}

function prepare(sql: DatabaseSync, storeBytes: number): void {
  checkOwner(sql)
  // On macOS only `fullfsync` waits for the disk itself; elsewhere it changes nothing.
  sql.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA journal_size_limit = ${LOG_BYTES};`)
  const { page_size: pageSize } = sql.prepare('PRAGMA page_size').get() as { page_size: number }
  sql.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(storeBytes / pageSize))}`)
  migrate(sql)
}

/** A database of another program would be changed by what follows. */
function checkOwner(sql: DatabaseSync): void {
  const { application_id: owner } = sql.prepare('PRAGMA application_id').get() as { application_id: number }
  const { tables } = sql.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  if (tables > 0 && owner !== APPLICATION_ID)
    throw new StorageFailedError(`${sql.location()} is a database of another program: choose another folder`)
}

function makeFile(path: string): void {
  if (existsSync(path)) return
  closeSync(openSync(path, 'wx', 0o600))
  synchronise(dirname(path))
}
