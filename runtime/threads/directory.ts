/**
 * The actors of one thread in shared memory, so that they can be named when the thread can't answer:
 * whose turn blocks it, and who was lost with it.
 *
 * An entry is a few integers and room for a name; the room of names that were not given is never touched
 * and so takes no memory. Chunks are handed to the thread that started the system as they are made.
 */
import { anonymousName } from '../../protocols/address.ts'

const ENTRIES = 1 << 14
const FIELDS = 4
/** `name` is the length of the name in bytes; 0 where none was given. */
const Field = { serial: 0, parent: 1, type: 2, name: 3 } as const
/** Room for a name; what doesn't fit shows as an ellipsis. */
const NAME_BYTES = 160
const ELLIPSIS_BYTES = 3
/** The `parent` of an actor whose supervisor lives on another thread; its name is its whole path. */
export const ELSEWHERE = -1

/** The memory of a chunk: entries, then names. */
export type Chunk = SharedArrayBuffer

/** Stands for the class of an actor that is not back yet. */
const EXPECTED = { index: -1 }

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** What the directory keeps of an actor. */
export interface Entered {
  readonly serial: number
  readonly type: { readonly index: number }
  readonly path: string
}

export interface Listed {
  serial: number
  /** Index of its class in the registry. */
  type: number
  path: string
  /** Whether its supervisor lives on another thread. */
  supervisedElsewhere: boolean
}

class ChunkView {
  readonly entries: Int32Array
  readonly names: Uint8Array

  constructor(memory: Chunk) {
    this.entries = new Int32Array(memory, 0, ENTRIES * FIELDS)
    this.names = new Uint8Array(memory, 4 * ENTRIES * FIELDS)
  }
}

export class Directory {
  readonly #chunks: ChunkView[] = []
  readonly #free: number[] = []
  readonly #onChunk: (chunk: Chunk, index: number) => void
  #used = 0

  /** @param onChunk hands each new chunk to those who read */
  constructor(onChunk: (chunk: Chunk, index: number) => void) {
    this.#onChunk = onChunk
  }

  /**
   * Enters an actor; returns the number of its entry.
   *
   * @param parent entry of its parent, or ELSEWHERE
   */
  add(actor: Entered, parent: number, name: string | undefined): number {
    const entry = this.#free.pop() ?? this.#used++
    const chunk = this.#chunks[entry >> 14] ?? this.#grow()
    const at = (entry & (ENTRIES - 1)) * FIELDS
    const { entries } = chunk
    entries[at + Field.parent] = parent
    entries[at + Field.type] = actor.type.index
    const shown = parent === ELSEWHERE ? actor.path : name
    entries[at + Field.name] = shown === undefined ? 0 : writeName(chunk, entry & (ENTRIES - 1), shown)
    entries[at + Field.serial] = actor.serial
    return entry
  }

  /**
   * Enters an actor of the thread's former life that may come back, so that a successor expects it too
   * should this thread be lost before it has. Returns the number of its entry.
   */
  expect(serial: number): number {
    return this.add({ serial, type: EXPECTED, path: '' }, ELSEWHERE, undefined)
  }

  remove(entry: number): void {
    const chunk = this.#chunks[entry >> 14] as ChunkView
    chunk.entries[(entry & (ENTRIES - 1)) * FIELDS + Field.serial] = 0
    this.#free.push(entry)
  }

  #grow(): ChunkView {
    const memory = new SharedArrayBuffer(ENTRIES * (4 * FIELDS + NAME_BYTES))
    const view = new ChunkView(memory)
    this.#chunks.push(view)
    this.#onChunk(memory, this.#chunks.length - 1)
    return view
  }
}

/** Returns the length of what was written, in bytes. */
function writeName({ names }: ChunkView, index: number, name: string): number {
  const at = index * NAME_BYTES
  const room = names.subarray(at, at + NAME_BYTES)
  const { read, written } = encoder.encodeInto(name, room.subarray(0, NAME_BYTES - ELLIPSIS_BYTES))
  return read === name.length ? written : written + encoder.encodeInto('…', room.subarray(written)).written
}

/** Reads the directory of another thread. */
export class DirectoryReader {
  readonly #chunks: ChunkView[] = []

  addChunk(chunk: Chunk, index: number): void {
    this.#chunks[index] = new ChunkView(chunk)
  }

  /** The path of an entry, as far as it can be told while its thread may be writing. */
  path(entry: number, depth = 0): string {
    const chunk = this.#chunks[entry >> 14]
    if (chunk === undefined || depth > 100) return '(unknown)'
    const at = (entry & (ENTRIES - 1)) * FIELDS
    const parent = chunk.entries[at + Field.parent] as number
    const name = readName(chunk, entry & (ENTRIES - 1))
    if (parent === ELSEWHERE) return name ?? '(unknown)'
    return `${this.path(parent, depth + 1)}/${name ?? anonymousName(chunk.entries[at + Field.serial] as number)}`
  }

  /** At most `limit` actors. */
  list(limit: number): Listed[] {
    const listed: Listed[] = []
    this.#chunks.forEach((chunk, index) => {
      for (let i = 0; i < ENTRIES && listed.length < limit; i++) {
        const at = i * FIELDS
        const serial = chunk.entries[at + Field.serial] as number
        const type = chunk.entries[at + Field.type] as number
        if (serial === 0 || type === EXPECTED.index) continue
        const supervisedElsewhere = chunk.entries[at + Field.parent] === ELSEWHERE
        listed.push({ serial, type, path: this.path((index << 14) + i), supervisedElsewhere })
      }
    })
    return listed
  }

  /** Serials of those whose supervisors live on other threads and may bring them back. */
  supervisedElsewhere(): number[] {
    const serials: number[] = []
    for (const { entries } of this.#chunks)
      for (let at = 0; at < entries.length; at += FIELDS)
        if (entries[at + Field.serial] !== 0 && entries[at + Field.parent] === ELSEWHERE)
          serials.push(entries[at + Field.serial] as number)
    return serials
  }
}

function readName(chunk: ChunkView, index: number): string | undefined {
  const at = index * NAME_BYTES
  const length = chunk.entries[index * FIELDS + Field.name] as number
  return length === 0 ? undefined : decoder.decode(chunk.names.slice(at, at + length))
}
