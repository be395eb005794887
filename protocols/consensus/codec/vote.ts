/** Votes, certificates and evidence as bytes, and what exactly a validator signs. */
import { MalformedBytesError } from '../errors.ts'
import {
  type Certificate,
  type Evidence,
  type Hash,
  SIGNATURE_BYTES,
  type Vote,
  type VoteKind,
} from '../types.ts'
import { type ByteReader, type ByteWriter, encode } from './bytes.ts'
import { MAX_BITMAP_BYTES, MAX_VALIDATORS } from './limits.ts'

/** The place in this list is the number in the bytes. */
const KINDS: readonly VoteKind[] = ['notarize', 'nullify', 'finalize']
/** Begins what validators sign as voters, so that it is never taken for anything else signed with the same key. */
const DOMAIN = new TextEncoder().encode('neuroplex vote 1\n')

/** What a vote is about; its signer is told by the key. */
export interface VoteSubject extends Pick<Vote, 'kind' | 'epoch' | 'view' | 'block'> {}

/** Says by itself what was voted on: the chain, the kind of vote, epoch, view and block. */
export function voteSigningBytes(chain: Hash, subject: VoteSubject): Uint8Array {
  return encode(subject, (writer) => writeSubject(writer.raw(DOMAIN).hash(chain), subject))
}

export function writeVote(writer: ByteWriter, vote: Vote): void {
  writeSubject(writer, vote)
  writer.varint(vote.signer).raw(vote.signature)
}

export function readVote(reader: ByteReader): Vote {
  const subject = readSubject(reader)
  const signer = reader.varint(MAX_VALIDATORS - 1)
  return { ...subject, signer, signature: readSignature(reader) }
}

/** A copy: votes and certificates are kept and sent on, and a view would take along all that came with them. */
function readSignature(reader: ByteReader): Uint8Array {
  return reader.raw(SIGNATURE_BYTES).slice()
}

export function writeCertificate(writer: ByteWriter, certificate: Certificate): void {
  writeSubject(writer, certificate)
  writer.bytes(certificate.signers).varint(certificate.signatures.length)
  for (const signature of certificate.signatures) writer.raw(signature)
}

export function readCertificate(reader: ByteReader): Certificate {
  const subject = readSubject(reader)
  const signers = reader.bytes(MAX_BITMAP_BYTES).slice()
  const signatures = reader.list(MAX_VALIDATORS, readSignature)
  return { ...subject, signers, signatures }
}

export function writeEvidence(writer: ByteWriter, { offender, first, second }: Evidence): void {
  writer.hash(offender)
  writeVote(writer, first)
  writeVote(writer, second)
}

export function readEvidence(reader: ByteReader): Evidence {
  return { offender: reader.hash(), first: readVote(reader), second: readVote(reader) }
}

function writeSubject(writer: ByteWriter, { kind, epoch, view, block }: VoteSubject): void {
  writer.varint(KINDS.indexOf(kind)).varint(epoch).varint(view).hash(block)
}

function readSubject(reader: ByteReader): VoteSubject {
  const kind = KINDS[reader.varint()]
  if (kind === undefined) throw new MalformedBytesError('an unknown kind of vote')
  return { kind, epoch: reader.varint(), view: reader.varint(), block: reader.hash() }
}
