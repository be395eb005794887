/** A file with 32 random bytes as hexadecimal digits, which opens key files in place of a passphrase. */
import { randomBytes } from 'node:crypto'
import { KeyExistsError, KeyFileInvalidError } from './errors.ts'
import { isThere, readSecretFile, writeSecretFile } from './secret-file.ts'

const FILE_KEY_BYTES = 32
const FORM = /^[0-9a-f]{64}\n?$/

/** Makes one where there is none. */
export async function ensureFileKey(path: string): Promise<void> {
  if (await isThere(path)) return
  const secret = randomBytes(FILE_KEY_BYTES)
  const content = Buffer.from(`${secret.toString('hex')}\n`)
  try {
    await writeSecretFile(path, content)
  } catch (error) {
    // Another process has made it meanwhile.
    if (!(error instanceof KeyExistsError)) throw error
  } finally {
    secret.fill(0)
    content.fill(0)
  }
}

/** 32 bytes, which the caller overwrites when it is done. */
export async function readFileKey(path: string): Promise<Buffer> {
  const content = await readSecretFile(path)
  try {
    const text = content.toString('latin1')
    if (!FORM.test(text))
      throw new KeyFileInvalidError(path, `a file key is ${2 * FILE_KEY_BYTES} lower-case hexadecimal digits`)
    return Buffer.from(text.slice(0, 2 * FILE_KEY_BYTES), 'hex')
  } finally {
    content.fill(0)
  }
}
