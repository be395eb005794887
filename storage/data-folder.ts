/** A folder that one process uses at a time, made for its owner only. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StorageInUseError } from '../protocols/errors.ts'
import { storageFailed } from './embedded/sqlite-error.ts'
import { ProcessLock } from './process-lock.ts'

/** Makes the folder if it is not there. Throws StorageInUseError or StorageFailedError. */
export function holdFolder(folder: string): ProcessLock {
  const path = join(folder, 'lock')
  let lock: ProcessLock | undefined
  try {
    makeFolder(folder)
    lock = ProcessLock.take(path)
  } catch (error) {
    throw storageFailed(`cannot use the data folder ${folder}`, error)
  }
  if (lock) return lock
  const holder = ProcessLock.holder(path)
  const who = holder === process.pid ? 'this process' : `process ${holder ?? '(not known)'}`
  throw new StorageInUseError(
    `the data folder ${folder} is in use by ${who}: end that, or give each node a folder of its own`,
    { target: folder },
  )
}

/** Makes durable which files a folder has; Windows does so by itself. */
export function synchronise(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Its parents keep a new folder only once they are synchronised as well. */
function makeFolder(folder: string): void {
  const missing: string[] = []
  for (let path = folder; !existsSync(path) && dirname(path) !== path; path = dirname(path))
    missing.push(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const path of missing) synchronise(dirname(path))
}
