/** Files that only their owner may read, written wholly or not at all. */
import { constants } from 'node:fs'
import { link, mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ExposedKeyError, InvalidKeyFileError, KeyExistsError } from './errors.ts'

const OTHERS = 0o077
const MAX_BYTES = 64 * 1024

/** Rejects with KeyExistsError where there is a file of that name. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${process.pid}.new`
  const file = await open(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    // Unlike renaming, this fails where the name is taken.
    await link(unfinished, path)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new KeyExistsError(path) : error
  } finally {
    await rm(unfinished, { force: true })
  }
}

/** Rejects with InvalidKeyFileError where there is none, and with ExposedKeyError. */
export async function readPrivate(path: string): Promise<string> {
  const { mode, size } = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new InvalidKeyFileError(path, 'it is not there') : error
  })
  // Windows has no such bits.
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) throw new ExposedKeyError(path)
  if (size > MAX_BYTES) throw new InvalidKeyFileError(path, `it has ${size} bytes`)
  const file = await open(path)
  try {
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}
