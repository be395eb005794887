/** Messages between validators as bytes. A peer may send anything: what is no message throws MalformedBytesError. */
import { MalformedBytesError } from '../errors.ts'
import type { Message } from '../messages.ts'
import type { Block, Certificate } from '../types.ts'
import { readBlock, writeBlock } from './block.ts'
import { type ByteReader, type ByteWriter, decode, encode } from './bytes.ts'
import {
  readCertificate,
  readEvidence,
  readVote,
  writeCertificate,
  writeEvidence,
  writeVote,
} from './vote.ts'

/** The place in this list is the number in the bytes. */
const KINDS: readonly Message['kind'][] = [
  'proposal',
  'vote',
  'certificate',
  'evidence',
  'status',
  'get-views',
  'get-block',
  'block',
  'get-chain',
  'chain',
]
/** Blocks in one answer; more are asked for. */
export const MAX_RUN = 256

export function encodeMessage(message: Message): Uint8Array<ArrayBuffer> {
  return encode(message, writeMessage)
}

export function writeMessage(writer: ByteWriter, message: Message): void {
  writer.varint(KINDS.indexOf(message.kind))
  writeBody(writer, message)
}

export function decodeMessage(bytes: Uint8Array): Message {
  return decode(bytes, (reader) => {
    const kind = KINDS[reader.varint()]
    if (kind === undefined) throw new MalformedBytesError('an unknown kind of message')
    return readBody(reader, kind)
  })
}

function writeBody(writer: ByteWriter, message: Message): void {
  switch (message.kind) {
    case 'proposal':
      writeBlock(writer, message.block)
      writer.varint(message.parentView)
      writer.list(optional(message.parentCertificate), writeCertificate)
      return writeVote(writer, message.vote)
    case 'vote':
      return writeVote(writer, message.vote)
    case 'certificate':
      return writeCertificate(writer, message.certificate)
    case 'evidence':
      return writeEvidence(writer, message.evidence)
    case 'status':
      writer.varint(message.epoch).varint(message.view).varint(message.height)
      return
    case 'get-views':
      writer.varint(message.epoch).varint(message.from).varint(message.to)
      return
    case 'get-block':
      writer.hash(message.hash)
      return
    case 'block':
      return writeBlock(writer, message.block)
    case 'get-chain':
      writer.varint(message.height)
      return
    case 'chain':
      writer.list(message.blocks, writeBlock)
      writeCertificate(writer, message.certificate)
  }
}

function readBody(reader: ByteReader, kind: Message['kind']): Message {
  switch (kind) {
    case 'proposal':
      return {
        kind,
        block: readBlock(reader),
        parentView: reader.varint(),
        parentCertificate: reader.list<Certificate>(1, readCertificate)[0],
        vote: readVote(reader),
      }
    case 'vote':
      return { kind, vote: readVote(reader) }
    case 'certificate':
      return { kind, certificate: readCertificate(reader) }
    case 'evidence':
      return { kind, evidence: readEvidence(reader) }
    case 'status':
      return { kind, epoch: reader.varint(), view: reader.varint(), height: reader.varint() }
    case 'get-views':
      return { kind, epoch: reader.varint(), from: reader.varint(), to: reader.varint() }
    case 'get-block':
      return { kind, hash: reader.hash() }
    case 'block':
      return { kind, block: readBlock(reader) }
    case 'get-chain':
      return { kind, height: reader.varint() }
    case 'chain':
      return { kind, blocks: reader.list<Block>(MAX_RUN, readBlock), certificate: readCertificate(reader) }
  }
}

function optional<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value]
}
