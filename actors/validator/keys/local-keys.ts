/** The keys of a chain of a node's own: made at its first start, opened by a file key beside them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { KeyPair } from '../crypto.ts'
import { createKey, loadKey } from './key-file.ts'

/** One for each id, in their order; the same at every start. */
export async function localKeys(folder: string, ids: readonly string[]): Promise<KeyPair[]> {
  const protection = { keyFile: join(folder, 'file.key') }
  const pairs: KeyPair[] = []
  for (const id of ids) {
    const path = join(folder, `${id}.json`)
    if (!existsSync(path)) await createKey({ path, protection })
    pairs.push(await loadKey({ path, protection }))
  }
  return pairs
}
