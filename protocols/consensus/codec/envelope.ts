/** Envelopes as bytes, and what exactly their sender signs. */
import { type Envelope, type Hash, MAX_PRIORITY, SIGNATURE_BYTES, type Transaction } from '../types.ts'
import { type ByteReader, ByteWriter } from './bytes.ts'
import { MAX_MACHINE_NAME_BYTES, MAX_PAYLOAD_BYTES, MAX_TRANSACTIONS } from './limits.ts'

/** Begins what senders sign, so that it is never taken for anything else signed with the same key. */
const DOMAIN = new TextEncoder().encode('neuroplex envelope 1\n')

/** Everything in the envelope but the signature, for one chain alone. */
export function envelopeSigningBytes(chain: Hash, envelope: Omit<Envelope, 'signature'>): Uint8Array {
  const writer = new ByteWriter(1_024).raw(DOMAIN).hash(chain)
  writeContent(writer, envelope)
  return writer.done()
}

export function writeEnvelope(writer: ByteWriter, envelope: Envelope): void {
  writeContent(writer, envelope)
  writer.raw(envelope.signature)
}

export function readEnvelope(reader: ByteReader): Envelope {
  return {
    sender: reader.hash(),
    sequence: reader.varint(),
    priority: reader.varint(MAX_PRIORITY),
    transactions: reader.list(MAX_TRANSACTIONS, readTransaction),
    signature: reader.raw(SIGNATURE_BYTES),
  }
}

export function writeTransaction(writer: ByteWriter, { machine, payload }: Transaction): void {
  writer.text(machine).bytes(payload)
}

export function readTransaction(reader: ByteReader): Transaction {
  return { machine: reader.text(MAX_MACHINE_NAME_BYTES), payload: reader.bytes(MAX_PAYLOAD_BYTES) }
}

function writeContent(writer: ByteWriter, envelope: Omit<Envelope, 'signature'>): void {
  const { sender, sequence, priority, transactions } = envelope
  writer.hash(sender).varint(sequence).varint(priority).list(transactions, writeTransaction)
}
