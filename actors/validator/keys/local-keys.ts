/**
 * Keys of a chain that is made at the first start of a node, and the same ones at every later start. The file key
 * beside them opens them without anybody typing: it is the folder that has to be kept from others.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidOptionError } from '../../../runtime/index.ts'
import type { KeyPair } from '../crypto.ts'
import { ensureFileKey } from './file-key.ts'
import { createKey, loadKey, type Protection } from './key-file.ts'
import { isThere } from './secret-file.ts'

const FILE_KEY = 'file'
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/

/** In the order of the ids, each of which names a file of the folder. */
export async function localKeys(folder: string, ids: readonly string[]): Promise<KeyPair[]> {
  for (const id of ids)
    if (!NAME.test(id) || id === FILE_KEY)
      throw new InvalidOptionError(
        `the validator ${JSON.stringify(id)} can't have its key in a file of that name: use letters, digits, ".", "_" and "-", and not "${FILE_KEY}"`,
      )
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const protection = { keyFile: pathOf(folder, FILE_KEY) }
  const known = await Promise.all(ids.map((id) => isThere(pathOf(folder, id))))
  // A new file key would open none of them.
  if (!known.includes(true)) await ensureFileKey(protection.keyFile)
  return Promise.all(ids.map((id) => localKey(pathOf(folder, id), protection)))
}

async function localKey(path: string, protection: Protection): Promise<KeyPair> {
  if (!(await isThere(path))) await createKey({ path, protection })
  return loadKey({ path, protection })
}

function pathOf(folder: string, name: string): string {
  return join(folder, `${name}.key`)
}
