/** Envelopes as bytes, and what exactly their sender signs. */
import {
  type Crypto,
  type Envelope,
  HASH_BYTES,
  type Hash,
  MAX_PRIORITY,
  ONCE_ID_BYTES,
  SIGNATURE_BYTES,
  type Transaction,
} from '../types.ts'
import { type ByteReader, ByteWriter, encode } from './bytes.ts'
import { MAX_MACHINE_NAME_BYTES, MAX_PAYLOAD_BYTES, MAX_TRANSACTIONS } from './limits.ts'

/** Begins what senders sign, so that it is never taken for anything else signed with the same key. */
const DOMAIN = new TextEncoder().encode('neuroplex envelope 1\n')
const SIGNING_BYTES = DOMAIN.length + 2 * HASH_BYTES

/**
 * All but the signature, of envelopes that came as bytes: they are in several frames, records and files each, and what
 * is signed has to be at hand too. It is a view of where the envelope was read, as are its transactions.
 */
const contents = new WeakMap<Omit<Envelope, 'signature'>, Uint8Array>()
const digests = new WeakMap<Omit<Envelope, 'signature'>, Uint8Array>()

/**
 * The chain, and the hash of everything in the envelope but the signature: ed25519 hashes what it signs by SHA-512,
 * which takes ten times as long as SHA-256 does where processors have instructions for that.
 */
export function envelopeSigningBytes(
  chain: Hash,
  envelope: Omit<Envelope, 'signature'>,
  crypto: Crypto,
): Uint8Array {
  let digest = digests.get(envelope)
  if (digest === undefined) {
    digest = crypto.sha256(contents.get(envelope) ?? encode(envelope, writeContent))
    digests.set(envelope, digest)
  }
  return new ByteWriter(SIGNING_BYTES).raw(DOMAIN).hash(chain).raw(digest).done()
}

export function writeEnvelope(writer: ByteWriter, envelope: Envelope): void {
  writeContent(writer, envelope)
  writer.raw(envelope.signature)
}

export function readEnvelope(reader: ByteReader): Envelope {
  const { at } = reader
  const sender = reader.hash()
  const sequence = reader.varint()
  const priority = reader.varint(MAX_PRIORITY)
  const transactions = reader.list(MAX_TRANSACTIONS, readTransaction)
  const content = reader.since(at)
  const envelope = { sender, sequence, priority, transactions, signature: reader.raw(SIGNATURE_BYTES) }
  contents.set(envelope, content)
  return envelope
}

/** The bytes of all but the signature; undefined for an envelope that was made here. */
export function contentOf(envelope: Envelope): Uint8Array | undefined {
  return contents.get(envelope)
}

export function writeTransaction(writer: ByteWriter, { machine, payload, once }: Transaction): void {
  writer
    .text(machine)
    .bytes(payload)
    .varint(once?.untilMs ?? 0)
  if (once !== undefined) writer.raw(once.id)
}

export function readTransaction(reader: ByteReader): Transaction {
  const machine = reader.text(MAX_MACHINE_NAME_BYTES)
  const payload = reader.bytes(MAX_PAYLOAD_BYTES)
  const untilMs = reader.varint()
  return untilMs === 0
    ? { machine, payload }
    : { machine, payload, once: { id: reader.raw(ONCE_ID_BYTES), untilMs } }
}

function writeContent(writer: ByteWriter, envelope: Omit<Envelope, 'signature'>): void {
  const content = contents.get(envelope)
  if (content !== undefined) return void writer.raw(content)
  const { sender, sequence, priority, transactions } = envelope
  writer.hash(sender).varint(sequence).varint(priority).list(transactions, writeTransaction)
}
