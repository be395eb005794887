/**
 * A lock on a file that one process has at a time and that the operating system takes back when the
 * process dies, however it dies.
 *
 * Node offers no such lock itself, but SQLite's is one, on every platform. A file with a process id
 * would not do: ids are used again, in a container the very same one by the next start. The id beside
 * the lock is only for people.
 */
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** SQLite's result code for a file that another connection has locked. */
const SQLITE_BUSY = 5

export class ProcessLock {
  readonly #path: string
  #database: DatabaseSync | undefined

  private constructor(path: string, database: DatabaseSync) {
    this.#path = path
    this.#database = database
  }

  /** Undefined when another holds it. Throws where the file cannot be made. */
  static take(path: string): ProcessLock | undefined {
    makePrivate(path)
    const database = new DatabaseSync(path, { timeout: 0 })
    try {
      database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined
      throw error
    }
    writeFileSync(pidPath(path), `${process.pid}\n`, { mode: 0o600 })
    return new ProcessLock(path, database)
  }

  /** The process that holds the lock, as far as it could be written down. */
  static holder(path: string): number | undefined {
    try {
      return Number.parseInt(readFileSync(pidPath(path), 'utf8'), 10) || undefined
    } catch {
      return undefined
    }
  }

  /** The file itself stays: removing it could take the lock from one who has just got it. */
  release(): void {
    if (!this.#database) return
    rmSync(pidPath(this.#path), { force: true })
    this.#database.close()
    this.#database = undefined
  }
}

function pidPath(path: string): string {
  return `${path}.pid`
}

/** A lock that others may open they could also hold. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
