/** Files that only their owner may open: written whole or not at all, and never in place of another. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, lstat, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { synchronise } from '../../../storage/data-folder.ts'
import { KeyExistsError, KeyExposedError, KeyFileInvalidError, KeyUnreachableError } from './errors.ts'

const OWNER_ONLY = 0o600
/** Group and all others. */
const OTHERS = 0o077
/** More than any of these files has. */
const MAX_BYTES = 4_096

/** Throws KeyExistsError where something has that name. */
export async function writeSecretFile(path: string, content: Uint8Array): Promise<void> {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}.new`
  try {
    try {
      await writeDurably(unfinished, content)
      // Unlike a renaming, a link never takes the place of a file.
      await link(unfinished, path)
    } finally {
      await rm(unfinished, { force: true })
    }
    synchronise(dirname(path))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw new KeyExistsError(path)
    throw new KeyUnreachableError(path, 'written', cause)
  }
}

/** Throws KeyExposedError unless `isPublic`, and KeyFileInvalidError for what is no small file. */
export async function readSecretFile(path: string, { isPublic = false } = {}): Promise<Buffer> {
  try {
    // A pipe would let the opening wait for whoever writes to it.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    await check(path, file, isPublic)
    return await readAtMost(path, file)
  } catch (cause) {
    if (cause instanceof KeyExposedError || cause instanceof KeyFileInvalidError) throw cause
    throw new KeyUnreachableError(path, 'read', cause)
  }
}

/** Whether something has that name, be it a link that leads nowhere. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new KeyUnreachableError(path, 'read', cause)
  }
}

async function check(path: string, file: FileHandle, isPublic: boolean): Promise<void> {
  const status = await file.stat()
  if (!status.isFile()) throw new KeyFileInvalidError(path, 'it is no regular file')
  // Windows has no such modes.
  if (!isPublic && process.platform !== 'win32' && (status.mode & OTHERS) !== 0)
    throw new KeyExposedError(path, status.mode)
}

async function readAtMost(path: string, file: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(MAX_BYTES + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length)
    length += bytesRead
    if (length > MAX_BYTES) throw new KeyFileInvalidError(path, `it has more than ${MAX_BYTES} bytes`)
    if (bytesRead === 0) return buffer.subarray(0, length)
  }
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx', OWNER_ONLY)
  await file.writeFile(content)
  await file.sync()
}
