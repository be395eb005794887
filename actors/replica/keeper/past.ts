/**
 * The epochs that a document of the node came through, the newest few, and in which of them other nodes were: what
 * replicas need that were away meanwhile, or that began another epoch. Past epochs are stored beside the document,
 * and only read when somebody asks.
 */
import { type Epoch, type Lineage, trimmed } from '../../../protocols/replication/epochs/lineage.ts'
import { type Sighting, Sightings } from '../../../protocols/replication/epochs/sightings.ts'
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

interface Known {
  lineage: Lineage
  readonly sightings: Sightings
}

const LINEAGE = 'lineage'
const NODES = 'nodes'

export class Past {
  readonly #store: ChunkStore
  readonly #known = new Map<string, Known>()

  constructor(store: ChunkStore) {
    this.#store = store
  }

  /** The epochs up to the present one, as far as they are remembered. */
  async lineage(document: Document): Promise<Lineage> {
    const { lineage } = await this.#read(document.id)
    const { epoch, first } = document
    return lineage.at(-1)?.hash === first ? lineage : [{ number: epoch, hash: first, heads: [] }]
  }

  /** Where other nodes were that have the document. */
  async sightings(id: string): Promise<Sightings> {
    return (await this.#read(id)).sightings
  }

  /** All that was written in an epoch that is over; undefined where it is forgotten. */
  async epoch(id: string, hash: string): Promise<Uint8Array | undefined> {
    const { chunks } = await this.#store.load(nameOf(id, hash))
    return chunks[0]?.bytes
  }

  /** Stores which nodes have the document. */
  async note(id: string): Promise<void> {
    if (this.#known.has(id)) await this.#store.write([this.#nodes(id)])
  }

  /** What to write beside the new epoch. */
  turn(id: string, before: Lineage, after: Lineage, past: readonly PastEpoch[]): Turned {
    const lineage = trimmed(after, DEFAULT_REPLICATION_LIMITS.epochs - 1)
    const kept = new Set(lineage.map(({ hash }) => hash))
    const epochs = past.filter(({ hash }) => kept.has(hash))
    return {
      lineage,
      chunks: [
        { ...keyOf(id, LINEAGE), bytes: bytesOf(lineage) },
        this.#nodes(id),
        ...epochs.map(({ hash, bytes }) => ({ ...keyOfEpoch(id, hash), bytes })),
      ],
      remove: before.filter(({ hash }) => !kept.has(hash)).map(({ hash }: Epoch) => keyOfEpoch(id, hash)),
    }
  }

  /** It is written, and the document goes on in the other epoch. */
  turned(id: string, { lineage }: Turned): void {
    const known = this.#known.get(id)
    if (known !== undefined) known.lineage = lineage
  }

  forget(id: string): void {
    this.#known.delete(id)
  }

  async #read(id: string): Promise<Known> {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    const { chunks } = await this.#store.load(nameOf(id))
    const stored = (name: string) => {
      const chunk = chunks.find((each) => each.id === name)
      return chunk === undefined ? [] : JSON.parse(Buffer.from(chunk.bytes).toString())
    }
    const nodes = stored(NODES) as Sighting[]
    const read = { lineage: stored(LINEAGE), sightings: new Sightings(DEFAULT_REPLICATION_LIMITS, nodes) }
    // Somebody else may have read it meanwhile, and what that one has learnt since is not to be forgotten.
    const meanwhile = this.#known.get(id)
    if (meanwhile === undefined) this.#known.set(id, read)
    return meanwhile ?? read
  }

  #nodes(id: string): Chunk {
    return { ...keyOf(id, NODES), bytes: bytesOf(this.#known.get(id)?.sightings.list ?? []) }
  }
}

/** No document of users has a name like this. */
function nameOf(id: string, hash?: string): string {
  return hash === undefined ? `past ${id}` : `past ${id} ${hash}`
}

function keyOf(id: string, name: string): ChunkKey {
  return { document: nameOf(id), kind: 'snapshot', id: name }
}

function keyOfEpoch(id: string, hash: string): ChunkKey {
  return { document: nameOf(id, hash), kind: 'snapshot', id: 'epoch' }
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
