/** Runs of blocks, what shows them to be final, and proofs of epochs, as entries of a log. */
import { decode, encode } from '../../protocols/consensus/codec/bytes.ts'
import { decodeMessage, encodeMessage } from '../../protocols/consensus/codec/message.ts'
import {
  readEpochProof,
  readFinality,
  writeEpochProof,
  writeFinality,
} from '../../protocols/consensus/codec/proof.ts'
import type { EpochProof } from '../../protocols/consensus/light-client.ts'
import type { CertifiedBlocks } from '../../protocols/consensus/messages.ts'
import type { FinalityProof } from '../../protocols/consensus/types.ts'
import type { Entry } from './batch.ts'

export function runEntry(run: CertifiedBlocks): Entry {
  return { first: firstOf(run), count: run.blocks.length, bytes: encodeMessage(run) }
}

export function runIn({ bytes }: Entry): CertifiedBlocks {
  return decodeMessage(bytes) as CertifiedBlocks
}

/** Of a run without the content of its blocks. */
export function finalityEntry({ blocks, certificate }: CertifiedBlocks): Entry {
  const headers = blocks.map(({ header }) => header)
  return {
    first: headers[0]!.height,
    count: headers.length,
    bytes: encode({ headers, certificate }, writeFinality),
  }
}

/** For the block at this height, up to the one that is certified. */
export function finalityIn({ bytes }: Entry, height: number): FinalityProof {
  const { headers, certificate } = decode(bytes, readFinality)
  return { headers: headers.filter((header) => header.height >= height), certificate }
}

export function finalityOfRun({ blocks, certificate }: CertifiedBlocks, height: number): FinalityProof {
  const headers = blocks.map(({ header }) => header).filter((header) => header.height >= height)
  return { headers, certificate }
}

/** Where the proof of an epoch stands among those of all: the first epoch is 0, and the first place in a log is 1. */
export function epochPlace(epoch: number): number {
  return epoch + 1
}

export function epochEntry(epoch: number, proof: EpochProof): Entry {
  return { first: epochPlace(epoch), count: 1, bytes: encode(proof, writeEpochProof) }
}

export function epochIn({ bytes }: Entry): EpochProof {
  return decode(bytes, readEpochProof)
}

export function firstOf({ blocks }: CertifiedBlocks): number {
  return blocks[0]!.header.height
}

export function lastOf({ blocks }: CertifiedBlocks): number {
  return blocks.at(-1)!.header.height
}
