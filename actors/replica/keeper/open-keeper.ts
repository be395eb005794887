/** The keeper of a node with its storage, as the replica actor around it has it. */
import { join } from 'node:path'
import type { ChunkStore } from '../../../storage/chunk-store.ts'
import { EmbeddedChunkStore } from '../../../storage/embedded/chunk-store.ts'
import { VolatileChunkStore } from '../../../storage/volatile/chunk-store.ts'
import { DOCUMENT_LIMITS } from '../document/limits.ts'
import type { Inside } from '../inside.ts'
import { Keeper } from './keeper.ts'
import { nodeNameIn } from './node-name.ts'

export async function openKeeper(inside: Inside): Promise<Keeper> {
  const { context, args } = inside
  const store = await openStore(inside)
  return new Keeper({
    store,
    node: await nodeNameIn(store, inside.newActor),
    lasting: args.storage === 'embedded',
    incrementalChunks: args.limits.incrementalChunks,
    documentLimits: DOCUMENT_LIMITS,
    newActor: inside.newActor,
    stored: (id, hashes) => {
      const open = inside.table.get(id)
      if (open !== undefined) inside.table.stored(open, hashes)
    },
    failed: (id, error, retryMs) =>
      context.log.error({ document: id, err: error }, `${id} could not be stored; again in ${retryMs} ms`),
    after: (ms, run) => context.timers.after(ms, run),
  })
}

function openStore({ args: { storage, dataDir } }: Inside): Promise<ChunkStore> {
  if (storage === 'volatile') return Promise.resolve(new VolatileChunkStore())
  return EmbeddedChunkStore.open({ folder: join(dataDir, 'storage') })
}
