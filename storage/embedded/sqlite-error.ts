/** What SQLite and the file system report, as errors that say what can be done. */
import { type ErrorDetails, StorageFailedError } from '../../protocols/errors.ts'

/** SQLite's primary result codes: the low byte of `errcode`. */
const ADVICE: Readonly<Record<number, string>> = {
  5: 'another program has locked it; end that program',
  8: 'it cannot be written; change its owner or mode, or choose another folder',
  10: 'the disk or its file system reported an error; look at the log of the system. What was acknowledged is there once the disk is in order',
  11: 'it is damaged; keep a copy, then restore a backup, or move it away to begin with an empty one',
  13: 'the disk is full, or the file is as large as limits.storeBytes allows; make room, or raise the limit. What was acknowledged is there',
  14: 'it cannot be opened; check that its folder is there and that this user may write it',
  26: 'it is damaged or no database; restore a backup, or move it away to begin with an empty one',
}

const FILE_ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there; change the owner or mode, or choose another folder',
  EPERM: 'this user may not write there; change the owner or mode, or choose another folder',
  EROFS: 'its file system is read-only; choose another folder',
  ENOSPC: 'the disk is full; make room',
  ENOTDIR: 'a part of the path is a file; choose another folder',
  EEXIST: 'it is a file; choose another folder',
}

const CORRUPT = 11

/** @param what could not be done, with the path it was done to */
export function storageFailed(what: string, thrown: unknown, details: ErrorDetails = {}): StorageFailedError {
  const { errcode, code, message } = thrown as NodeJS.ErrnoException & { errcode?: number }
  const advice = errcode === undefined ? FILE_ADVICE[code ?? ''] : ADVICE[errcode & 0xff]
  const reason = errcode === undefined ? message : `${message} (SQLite ${errcode})`
  return new StorageFailedError(`${what}: ${reason}${advice === undefined ? '' : `: ${advice}`}`, {
    ...details,
    cause: thrown,
  })
}

/** Whether the part of the file that had to be read is not as SQLite has written it. */
export function isCorrupt(thrown: unknown): boolean {
  return ((thrown as { errcode?: number }).errcode ?? 0) % 256 === CORRUPT
}
