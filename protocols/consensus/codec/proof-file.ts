/**
 * A proof as a file that anyone with the genesis document can judge: how the validators followed each other up to the
 * epoch in question, and that a block of it that is final holds the transaction.
 */
import { MalformedBytesError } from '../errors.ts'
import type { EpochProof, TransactionProof } from '../light-client.ts'
import { decode, encode } from './bytes.ts'
import { readEpochProof, readTransactionProof, writeEpochProof, writeTransactionProof } from './proof.ts'

export interface ProofFile {
  /** Of the epochs 0, 1, 2, ... up to the one before the transaction's. */
  readonly epochs: readonly EpochProof[]
  readonly transaction: TransactionProof
}

/** What anybody reads at once; far more than a proof of many epochs has. */
export const MAX_PROOF_FILE_BYTES = 256 * 1024 * 1024
/** "NPP" and the version of the form. */
const MAGIC = 0x4e505001
/** More epochs than a chain of a thousand blocks an epoch has in decades; a proof of each has some kilobytes. */
const MAX_EPOCHS = 1_000_000

export function encodeProofFile({ epochs, transaction }: ProofFile): Uint8Array<ArrayBuffer> {
  return encode(transaction, (writer) =>
    writeTransactionProof(writer.varint(MAGIC).list(epochs, writeEpochProof), transaction),
  )
}

/** Throws MalformedBytesError for what is no such file. */
export function decodeProofFile(bytes: Uint8Array): ProofFile {
  return decode(bytes, (reader) => {
    if (reader.varint() !== MAGIC) throw new MalformedBytesError('they do not begin as a proof does')
    return { epochs: reader.list(MAX_EPOCHS, readEpochProof), transaction: readTransactionProof(reader) }
  })
}
