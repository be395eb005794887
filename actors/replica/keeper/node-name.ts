/** By what name other nodes know this one, for as long as its storage lasts. */
import type { ChunkStore } from '../../../storage/chunk-store.ts'

/** No document of users has a name like this. */
const KEY = { document: 'node', kind: 'snapshot', id: 'name' } as const

/** @param newName makes one that no node has had */
export async function nodeNameIn(store: ChunkStore, newName: () => string): Promise<string> {
  const { chunks } = await store.load(KEY.document)
  const [stored] = chunks
  if (stored !== undefined) return Buffer.from(stored.bytes).toString()
  const name = newName()
  await store.write([{ ...KEY, bytes: Buffer.from(name) }])
  return name
}
