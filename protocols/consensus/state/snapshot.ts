/**
 * A state as chunks, for a validator that lags too far behind or is new. The chunks are named by their hashes, so that
 * each can be checked when it comes, from whichever peer; the whole is right when its root is the one that a
 * certified header shows, so a snapshot has to be trusted by nobody.
 */
import { type ByteReader, ByteWriter, decode } from '../codec/bytes.ts'
import { toHex } from '../codec/hex.ts'
import { MAX_MACHINE_NAME_BYTES } from '../codec/limits.ts'
import { MalformedBytesError, SnapshotRefusedError } from '../errors.ts'
import type { Crypto, Hash } from '../types.ts'
import type { ChainState } from './chain-state.ts'
import { type BlockContext, MAX_PIECE_BYTES } from './machine.ts'

/** A chunk is closed when it has reached this, so it is at most one piece longer. */
const CHUNK_BYTES = 256 * 1024
export const MAX_CHUNK_BYTES = CHUNK_BYTES + MAX_PIECE_BYTES + 1_024
export const MAX_CHUNKS = 4_096

export interface SnapshotManifest extends BlockContext {
  /** Of the state after the block of this height. */
  readonly stateRoot: Hash
  readonly chunks: readonly Hash[]
}

export interface Snapshot {
  readonly manifest: SnapshotManifest
  readonly chunks: readonly Uint8Array[]
}

export function takeSnapshot(state: ChainState, { sha256 }: Crypto): Snapshot {
  const chunks: Uint8Array[] = []
  let writer = new ByteWriter(CHUNK_BYTES)
  for (const [name, piece] of state.save()) {
    if (piece.length > MAX_PIECE_BYTES)
      throw new RangeError(`the state machine "${name}" saves a piece of more than ${MAX_PIECE_BYTES} bytes`)
    writer.text(name).bytes(piece)
    if (writer.length < CHUNK_BYTES) continue
    chunks.push(writer.done())
    writer = new ByteWriter(CHUNK_BYTES)
  }
  if (writer.length > 0) chunks.push(writer.done())
  const { height, epoch, timestampMs } = state.last
  return {
    manifest: {
      height,
      epoch,
      timestampMs,
      stateRoot: state.root(),
      chunks: chunks.map((chunk) => toHex(sha256(chunk))),
    },
    chunks,
  }
}

/** Collects the chunks of one snapshot, in any order. */
export class SnapshotCollector {
  readonly #manifest: SnapshotManifest
  readonly #crypto: Crypto
  readonly #chunks: (Uint8Array | undefined)[]

  constructor(manifest: SnapshotManifest, crypto: Crypto) {
    this.#manifest = manifest
    this.#crypto = crypto
    this.#chunks = manifest.chunks.map(() => undefined)
  }

  /** Indices of the chunks that are still to come. */
  missing(): number[] {
    return this.#chunks.flatMap((chunk, index) => (chunk === undefined ? [index] : []))
  }

  /** Whether these bytes are the chunk. */
  add(index: number, bytes: Uint8Array): boolean {
    if (bytes.length > MAX_CHUNK_BYTES) return false
    if (toHex(this.#crypto.sha256(bytes)) !== this.#manifest.chunks[index]) return false
    this.#chunks[index] = bytes
    return true
  }

  /** The whole, once nothing is missing. */
  whole(): Snapshot {
    return { manifest: this.#manifest, chunks: this.#chunks.filter((chunk) => chunk !== undefined) }
  }

  /**
   * Puts the whole into a state that was made for it. Throws SnapshotRefusedError where the chunks do not make the
   * state that the manifest tells of; the state is then good for nothing. Whether `stateRoot` is that of the chain at
   * this height is for the caller to know from a certified header.
   */
  restore(state: ChainState): void {
    const { height, epoch, timestampMs, stateRoot } = this.#manifest
    const pieces = new Map<string, Uint8Array[]>()
    try {
      for (const chunk of this.#chunks) if (chunk !== undefined) readChunk(chunk, pieces)
      state.load({ height, epoch, timestampMs }, pieces)
    } catch (cause) {
      if (!(cause instanceof MalformedBytesError)) throw cause
      throw new SnapshotRefusedError(height, cause.message)
    }
    if (state.root() !== stateRoot)
      throw new SnapshotRefusedError(height, 'its root is not the one that its manifest tells')
  }
}

export function writeManifest(writer: ByteWriter, manifest: SnapshotManifest): void {
  const { height, epoch, timestampMs, stateRoot, chunks } = manifest
  writer.varint(height).varint(epoch).varint(timestampMs).hash(stateRoot)
  writer.list(chunks, (out, hash) => out.hash(hash))
}

export function readManifest(reader: ByteReader): SnapshotManifest {
  return {
    height: reader.varint(),
    epoch: reader.varint(),
    timestampMs: reader.varint(),
    stateRoot: reader.hash(),
    chunks: reader.list(MAX_CHUNKS, (from) => from.hash()),
  }
}

function readChunk(chunk: Uint8Array, pieces: Map<string, Uint8Array[]>): void {
  decode(chunk, (reader) => {
    while (reader.left > 0) {
      const name = reader.text(MAX_MACHINE_NAME_BYTES)
      const piece = reader.bytes(MAX_PIECE_BYTES)
      const others = pieces.get(name)
      if (others === undefined) pieces.set(name, [piece])
      else others.push(piece)
    }
  })
}
