/** What a validator makes durable before it speaks, as bytes. */
import type { VoteRecord } from '../events.ts'
import { readBlock, writeBlock } from './block.ts'
import { decode, encode } from './bytes.ts'
import { readCertificate, readVote, writeCertificate, writeVote } from './vote.ts'

/** The place in this list is the number in the bytes. */
const KINDS: readonly VoteRecord['kind'][] = ['vote', 'certificate', 'block']

export function encodeRecord(record: VoteRecord): Uint8Array<ArrayBuffer> {
  return encode(record, (writer) => {
    writer.varint(KINDS.indexOf(record.kind))
    if (record.kind === 'vote') writeVote(writer, record.vote)
    else if (record.kind === 'certificate') writeCertificate(writer, record.certificate)
    else writeBlock(writer, record.block)
  })
}

/** Throws MalformedBytesError. */
export function decodeRecord(bytes: Uint8Array): VoteRecord {
  return decode(bytes, (reader): VoteRecord => {
    const kind = KINDS[reader.varint(KINDS.length - 1)]!
    if (kind === 'vote') return { kind, vote: readVote(reader) }
    if (kind === 'certificate') return { kind, certificate: readCertificate(reader) }
    return { kind, block: readBlock(reader) }
  })
}
