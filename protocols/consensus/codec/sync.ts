/** What goes between a validator that lacks what it can't get as blocks and those that have it, also as bytes. */
import { MalformedBytesError } from '../errors.ts'
import type { EpochProof } from '../light-client.ts'
import {
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  readManifest,
  type SnapshotManifest,
  writeManifest,
} from '../state/snapshot.ts'
import type { FinalityProof } from '../types.ts'
import { type ByteReader, type ByteWriter, decode, encode } from './bytes.ts'
import { readEpochProof, readFinality, writeEpochProof, writeFinality } from './proof.ts'

export type SyncMessage =
  | SnapshotOffer
  /** Asks for an offer, by who knows the validators of this epoch. */
  | { readonly kind: 'get-offer'; readonly epoch: number }
  /** Asks for a chunk of the snapshot of this height. */
  | { readonly kind: 'get-chunk'; readonly height: number; readonly index: number }
  | SnapshotChunk
  /** Asks for the proofs of epochs from this one on. */
  | { readonly kind: 'get-proofs'; readonly epoch: number }
  | EpochProofs

export interface SnapshotOffer {
  readonly kind: 'snapshot-offer'
  /** From the asker's epoch towards that which begins on the snapshot; where there are more, it asks again. */
  readonly proofs: readonly EpochProof[]
  readonly manifest: SnapshotManifest
  /** A block of the epoch that begins on the snapshot, whose header shows the snapshot's state. */
  readonly witness: FinalityProof
}

export interface SnapshotChunk {
  readonly kind: 'chunk'
  readonly height: number
  readonly index: number
  readonly bytes: Uint8Array
}

export interface EpochProofs {
  readonly kind: 'proofs'
  readonly proofs: readonly EpochProof[]
}

/** Of one answer: a proof takes up to 30 kB with the most validators that there may be. */
export const MAX_OFFERED_PROOFS = 64

/** The place in this list is the number in the bytes. */
const KINDS: readonly SyncMessage['kind'][] = [
  'snapshot-offer',
  'get-offer',
  'get-chunk',
  'chunk',
  'get-proofs',
  'proofs',
]

export function encodeSync(message: SyncMessage): Uint8Array<ArrayBuffer> {
  return encode(message, (writer) => {
    writer.varint(KINDS.indexOf(message.kind))
    writeBody(writer, message)
  })
}

/** Throws MalformedBytesError for what no honest validator sends. */
export function decodeSync(bytes: Uint8Array): SyncMessage {
  return decode(bytes, (reader) => {
    const kind = KINDS[reader.varint()]
    if (kind === undefined) throw new MalformedBytesError('an unknown kind of message')
    return readBody(reader, kind)
  })
}

function writeBody(writer: ByteWriter, message: SyncMessage): void {
  switch (message.kind) {
    case 'snapshot-offer':
      writer.list(message.proofs, writeEpochProof)
      writeManifest(writer, message.manifest)
      return writeFinality(writer, message.witness)
    case 'get-offer':
    case 'get-proofs':
      writer.varint(message.epoch)
      return
    case 'proofs':
      writer.list(message.proofs, writeEpochProof)
      return
    case 'get-chunk':
      writer.varint(message.height).varint(message.index)
      return
    case 'chunk':
      writer.varint(message.height).varint(message.index).bytes(message.bytes)
  }
}

function readBody(reader: ByteReader, kind: SyncMessage['kind']): SyncMessage {
  switch (kind) {
    case 'snapshot-offer':
      return {
        kind,
        proofs: reader.list(MAX_OFFERED_PROOFS, readEpochProof),
        manifest: readManifest(reader),
        witness: readFinality(reader),
      }
    case 'get-offer':
    case 'get-proofs':
      return { kind, epoch: reader.varint() }
    case 'proofs':
      return { kind, proofs: reader.list(MAX_OFFERED_PROOFS, readEpochProof) }
    case 'get-chunk':
      return { kind, height: reader.varint(), index: reader.varint(MAX_CHUNKS - 1) }
    case 'chunk':
      return {
        kind,
        height: reader.varint(),
        index: reader.varint(MAX_CHUNKS - 1),
        bytes: reader.bytes(MAX_CHUNK_BYTES),
      }
  }
}
