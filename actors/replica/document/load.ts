/** Makes a document of what was kept of it: snapshots, and changes since. */
import { createHandle, engine, type Handle } from './automerge.ts'
import { CHUNK_KINDS, type Chunk, readChunks } from './chunk.ts'
import { DocumentDamagedError } from './errors.ts'

/** Far beyond any document, so that a damaged length does not ask for more memory than there is. */
const MAX_BYTES = 2 ** 30

/** Throws DocumentDamagedError when a chunk is not as it was written, or when some are missing. */
export function loadChunks(actor: string, id: string, stored: readonly Uint8Array[]): Handle {
  const handle = createHandle(actor)
  try {
    engine(() =>
      fill(
        handle,
        stored.flatMap((bytes) => readChunks(bytes, MAX_BYTES)),
      ),
    )
    return handle
  } catch (cause) {
    handle.free()
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENGINE_LOST') throw cause
    throw new DocumentDamagedError(
      `what was kept of ${id} can't be read: ${(cause as Error).message}; load it from an older snapshot, or from another replica`,
      { cause },
    )
  }
}

function fill(handle: Handle, chunks: readonly Chunk[]): void {
  const changes: Chunk[] = []
  for (const chunk of chunks)
    if (chunk.kind === CHUNK_KINDS.change) changes.push(chunk)
    else handle.loadIncremental(chunk.bytes)
  if (changes.length > 0) handle.applyChanges(changes.map(({ bytes }) => bytes))
  const missing = handle.getMissingDeps([])
  if (missing.length > 0) throw new Error(`${missing.length} changes that others were made upon are missing`)
  const lost = changes.find(({ hash }) => handle.getChangeMetaByHash(hash) === null)
  if (lost !== undefined || handle.getHeads().length === 0) throw new Error('changes are missing')
}
