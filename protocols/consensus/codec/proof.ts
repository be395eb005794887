/** Proofs as bytes, for files and for those who ask. */
import type { InclusionProof } from '../ledger/inclusion.ts'
import type { EntryStateProof, EpochProof, TransactionProof } from '../light-client.ts'
import { readMerkleProof, writeMerkleProof } from '../merkle.ts'
import type { StateProof } from '../state/chain-state.ts'
import { readTreeProof, writeTreeProof } from '../state/hash-tree.ts'
import { MAX_ENTRY_BYTES, MAX_KEY_BYTES } from '../state/table.ts'
import type { FinalityProof, Validator } from '../types.ts'
import { readHeader, writeHeader } from './block.ts'
import type { ByteReader, ByteWriter } from './bytes.ts'
import { MAX_BLOCK_BYTES, MAX_MACHINE_NAME_BYTES, MAX_TRANSACTIONS, MAX_VALIDATORS } from './limits.ts'
import { readCertificate, writeCertificate } from './vote.ts'

/** Headers from the block in question to the certified one: no more wait for a certificate of their own. */
const MAX_PROOF_HEADERS = 256

export function writeFinality(writer: ByteWriter, { headers, certificate }: FinalityProof): void {
  writer.list(headers, writeHeader)
  writeCertificate(writer, certificate)
}

export function readFinality(reader: ByteReader): FinalityProof {
  return { headers: reader.list(MAX_PROOF_HEADERS, readHeader), certificate: readCertificate(reader) }
}

export function writeEpochProof(writer: ByteWriter, { finality, validators }: EpochProof): void {
  writeFinality(writer, finality)
  writer.list(validators, writeValidator)
}

export function readEpochProof(reader: ByteReader): EpochProof {
  return { finality: readFinality(reader), validators: reader.list(MAX_VALIDATORS, readValidator) }
}

export function writeTransactionProof(writer: ByteWriter, { finality, inclusion }: TransactionProof): void {
  writeFinality(writer, finality)
  writer.varint(inclusion.index).bytes(inclusion.leaf)
  writeMerkleProof(writer, inclusion.proof)
}

export function readTransactionProof(reader: ByteReader): TransactionProof {
  return { finality: readFinality(reader), inclusion: readInclusion(reader) }
}

export function writeEntryProof(writer: ByteWriter, { finality, state }: EntryStateProof): void {
  writeFinality(writer, finality)
  writer.text(state.machine).text(state.key).bytes(state.value).hash(state.machineRoot)
  writeMerkleProof(writer, state.machines)
  writeTreeProof(writer, state.entry)
}

export function readEntryProof(reader: ByteReader): EntryStateProof {
  return { finality: readFinality(reader), state: readState(reader) }
}

export function writeValidator(writer: ByteWriter, { publicKey, stake, reputation }: Validator): void {
  writer.hash(publicKey).varint(stake).varint(reputation)
}

export function readValidator(reader: ByteReader): Validator {
  return { publicKey: reader.hash(), stake: reader.varint(), reputation: reader.varint() }
}

function readInclusion(reader: ByteReader): InclusionProof {
  return {
    index: reader.varint(MAX_TRANSACTIONS),
    leaf: reader.bytes(MAX_BLOCK_BYTES),
    proof: readMerkleProof(reader),
  }
}

function readState(reader: ByteReader): StateProof {
  return {
    machine: reader.text(MAX_MACHINE_NAME_BYTES),
    key: reader.text(MAX_KEY_BYTES),
    value: reader.bytes(MAX_ENTRY_BYTES),
    machineRoot: reader.hash(),
    machines: readMerkleProof(reader),
    entry: readTreeProof(reader),
  }
}
