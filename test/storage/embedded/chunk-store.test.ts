import type { ChunkStore } from '../../../storage/chunk-store.ts'
import { EmbeddedChunkStore } from '../../../storage/embedded/chunk-store.ts'
import { testChunkStore } from '../conformance.ts'
import { newFolder } from './folders.ts'

const folders = new WeakMap<ChunkStore, string>()

async function open(folder: string, limits = {}) {
  const store = await EmbeddedChunkStore.open({ folder, limits })
  folders.set(store, folder)
  return store
}

testChunkStore('the embedded store', {
  open: (limits) => open(newFolder(), limits),
  reopen: (store) => open(folders.get(store)!),
})
