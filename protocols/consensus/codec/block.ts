/** Headers and blocks as bytes, and the hash that names a block. */
import type { Block, BlockHeader, Crypto, Hash } from '../types.ts'
import { type ByteReader, type ByteWriter, encode } from './bytes.ts'
import { readEnvelope, writeEnvelope } from './envelope.ts'
import { toHex } from './hex.ts'
import { MAX_BITMAP_BYTES, MAX_EVIDENCE, MAX_TRANSACTIONS, MAX_VALIDATORS } from './limits.ts'
import { readEvidence, writeEvidence } from './vote.ts'

/** A header never changes, and its hash is asked for again and again. */
const hashes = new WeakMap<BlockHeader, Hash>()
/** A block is written for its proposal, for the votes for it and for the block store: with what was read or written first. */
const written = new WeakMap<Block, Uint8Array>()

/** A block is named by the hash of its header, which holds the roots of all else. */
export function hashHeader(header: BlockHeader, { sha256 }: Crypto): Hash {
  let hash = hashes.get(header)
  if (hash === undefined) hashes.set(header, (hash = toHex(sha256(encode(header, writeHeader)))))
  return hash
}

export function writeHeader(writer: ByteWriter, header: BlockHeader): void {
  writer
    .hash(header.chain)
    .varint(header.epoch)
    .varint(header.height)
    .hash(header.parent)
    .varint(header.proposer)
    .varint(header.timestampMs)
    .hash(header.validators)
    .hash(header.nextValidators)
    .varint(header.stateHeight)
    .hash(header.stateRoot)
    .hash(header.transactions)
    .hash(header.evidence)
    .bytes(header.signers)
}

export function readHeader(reader: ByteReader): BlockHeader {
  return {
    chain: reader.hash(),
    epoch: reader.varint(),
    height: reader.varint(),
    parent: reader.hash(),
    proposer: reader.varint(MAX_VALIDATORS - 1),
    timestampMs: reader.varint(),
    validators: reader.hash(),
    nextValidators: reader.hash(),
    stateHeight: reader.varint(),
    stateRoot: reader.hash(),
    transactions: reader.hash(),
    evidence: reader.hash(),
    // A copy: headers are kept for long, and a view would keep all that came with them.
    signers: reader.bytes(MAX_BITMAP_BYTES).slice(),
  }
}

export function writeBlock(writer: ByteWriter, block: Block): void {
  const known = written.get(block)
  if (known !== undefined) return void writer.raw(known)
  const { length } = writer
  const { header, envelopes, evidence } = block
  writeHeader(writer, header)
  writer.list(envelopes, writeEnvelope).list(evidence, writeEvidence)
  written.set(block, writer.since(length))
}

export function readBlock(reader: ByteReader): Block {
  const { at } = reader
  const block = {
    header: readHeader(reader),
    envelopes: reader.list(MAX_TRANSACTIONS, readEnvelope),
    evidence: reader.list(MAX_EVIDENCE, readEvidence),
  }
  written.set(block, reader.since(at))
  return block
}
