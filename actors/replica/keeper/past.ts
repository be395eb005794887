/**
 * The epochs that a document of the node came through, the newest few: what replicas need that were away
 * meanwhile, or that began another epoch. They are stored beside the document, and only read when somebody asks.
 */
import { type Epoch, type Lineage, trimmed } from '../../../protocols/replication/epochs/lineage.ts'
import { DEFAULT_REPLICATION_LIMITS } from '../../../protocols/replication/limits.ts'
import type { Chunk, ChunkKey, ChunkStore } from '../../../storage/chunk-store.ts'
import type { Document } from '../document/document.ts'

export interface PastEpoch {
  readonly hash: string
  readonly bytes: Uint8Array
}

/** What is to be written so that a document goes on in another epoch. */
export interface Turned {
  readonly lineage: Lineage
  readonly chunks: readonly Chunk[]
  readonly remove: readonly ChunkKey[]
}

const LINEAGE = 'lineage'

export class Past {
  readonly #store: ChunkStore
  readonly #lineages = new Map<string, Lineage>()

  constructor(store: ChunkStore) {
    this.#store = store
  }

  /** The epochs up to the present one, as far as they are remembered. */
  async lineage({ id, epoch, first }: Document): Promise<Lineage> {
    const known = this.#lineages.get(id)
    if (known?.at(-1)?.hash === first) return known
    const { chunks } = await this.#store.load(nameOf(id))
    const stored = chunks.find(({ id: name }) => name === LINEAGE)
    const read = stored === undefined ? [] : (JSON.parse(Buffer.from(stored.bytes).toString()) as Lineage)
    const lineage = read.at(-1)?.hash === first ? read : [{ number: epoch, hash: first, heads: [] }]
    this.#lineages.set(id, lineage)
    return lineage
  }

  /** All that was written in an epoch that is over; undefined where it is forgotten. */
  async epoch(id: string, hash: string): Promise<Uint8Array | undefined> {
    const { chunks } = await this.#store.load(nameOf(id, hash))
    return chunks[0]?.bytes
  }

  /** What to write beside the new epoch. */
  turn(id: string, before: Lineage, after: Lineage, past: readonly PastEpoch[]): Turned {
    const lineage = trimmed(after, DEFAULT_REPLICATION_LIMITS.epochs - 1)
    const kept = new Set(lineage.map(({ hash }) => hash))
    const bytes = Buffer.from(JSON.stringify(lineage))
    const epochs = past.filter(({ hash }) => kept.has(hash))
    return {
      lineage,
      chunks: [
        { document: nameOf(id), kind: 'snapshot', id: LINEAGE, bytes },
        ...epochs.map(({ hash, bytes }) => ({ ...keyOf(id, hash), bytes })),
      ],
      remove: before.filter(({ hash }) => !kept.has(hash)).map(({ hash }: Epoch) => keyOf(id, hash)),
    }
  }

  /** It is written. */
  turned(id: string, { lineage }: Turned): void {
    this.#lineages.set(id, lineage)
  }

  forget(id: string): void {
    this.#lineages.delete(id)
  }
}

/** No document of users has a name like this. */
function nameOf(id: string, hash?: string): string {
  return hash === undefined ? `past ${id}` : `past ${id} ${hash}`
}

function keyOf(id: string, hash: string): ChunkKey {
  return { document: nameOf(id, hash), kind: 'snapshot', id: 'epoch' }
}
