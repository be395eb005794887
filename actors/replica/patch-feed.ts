/**
 * Patches for one reader: those since it read last, or, when they have become too many, the state that they
 * lead to.
 */
import type { Document } from './document/document.ts'
import type { DocumentPatch } from './document/patch.ts'
import { newest, type Signal } from './watch.ts'

/** What has changed since the reader read last. */
export type PatchBatch<T> =
  | { readonly patches: readonly DocumentPatch[] }
  /** The reader begins, or has missed some: the whole state. */
  | { readonly state: Readonly<T> }

/** Where the patches come from. */
interface Source<T> {
  readonly document: Document<T>
  readonly changed: Signal
  /** Counts the times that the document began anew, which no patch tells. */
  readonly epochs: () => number
}

export async function* patchFeed<T>(
  { document, changed, epochs }: Source<T>,
  over: () => boolean,
  limit: number,
): AsyncGenerator<PatchBatch<T>> {
  let patches: DocumentPatch[] = []
  let missed = true
  let epoch = epochs()
  const end = document.onPatches((added) => {
    if (missed || patches.length + added.length > limit) {
      missed = true
      patches = []
    } else patches.push(...added)
  })
  const read = (): PatchBatch<T> => {
    missed ||= epoch !== epochs()
    epoch = epochs()
    const batch = missed ? { state: document.view() } : { patches }
    missed = false
    patches = []
    return batch
  }
  try {
    for await (const batch of newest(read, changed, over))
      if (!('patches' in batch) || batch.patches.length > 0) yield batch
  } finally {
    end()
  }
}
