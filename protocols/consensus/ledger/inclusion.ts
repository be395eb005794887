/**
 * The transactions of a block under one root, and proof to anyone that one of them is there and who sent it.
 *
 * About 16 transactions are one leaf, because a leaf each would cost more hashing than all else. A leaf holds a run of
 * transactions, cut where an envelope ends, and in front of each cut what its sender signed besides them, signature
 * included: the root stands for the envelopes to the last bit, so one block hash never has two bodies.
 */
import { type ByteReader, ByteWriter, decode } from '../codec/bytes.ts'
import { readTransaction, writeTransaction } from '../codec/envelope.ts'
import { MAX_TRANSACTIONS } from '../codec/limits.ts'
import { MalformedBytesError } from '../errors.ts'
import { type MerkleProof, MerkleTree, verifyMerkleProof } from '../merkle.ts'
import {
  type Crypto,
  type Envelope,
  type Hash,
  MAX_PRIORITY,
  type PublicKey,
  SIGNATURE_BYTES,
  type Transaction,
} from '../types.ts'
import { transactionBytes } from './size.ts'

const LEAF_TRANSACTIONS = 16
/** A leaf with large transactions ends earlier, so that a proof stays small. */
const LEAF_BYTES = 8 * 1024

/** A run of transactions of one envelope. */
interface Cut {
  readonly sender: PublicKey
  readonly sequence: number
  readonly priority: number
  readonly signature: Uint8Array
  /** Of the first transaction here within the envelope. */
  readonly offset: number
  /** Of all transactions of the envelope. */
  readonly count: number
  readonly transactions: readonly Transaction[]
}

export interface InclusionProof {
  /** Of the transaction among all of the block. */
  readonly index: number
  readonly leaf: Uint8Array
  readonly proof: MerkleProof
}

/** A transaction as its place in a block shows it. */
export interface IncludedTransaction {
  readonly index: number
  readonly sender: PublicKey
  readonly sequence: number
  readonly transaction: Transaction
}

export function transactionTree(envelopes: readonly Envelope[], crypto: Crypto): MerkleTree {
  return new MerkleTree(leavesOf(envelopes).leaves, crypto)
}

/** undefined where the block has no such transaction. */
export function proveInclusion(
  envelopes: readonly Envelope[],
  index: number,
  crypto: Crypto,
): InclusionProof | undefined {
  const { leaves, firsts, count } = leavesOf(envelopes)
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) return undefined
  const at = firsts.findLastIndex((first) => first <= index)
  return { index, leaf: leaves[at]!, proof: new MerkleTree(leaves, crypto).prove(at) }
}

/** What the proof shows to be in the block with this root of transactions; undefined where it shows nothing. */
export function verifyInclusion(
  root: Hash,
  { index, leaf, proof }: InclusionProof,
  crypto: Crypto,
): IncludedTransaction | undefined {
  if (!verifyMerkleProof(root, leaf, proof, crypto)) return undefined
  const { first, cuts } = readLeaf(leaf)
  let at = first
  for (const { sender, sequence, transactions } of cuts) {
    const transaction = transactions[index - at]
    if (transaction !== undefined) return { index, sender, sequence, transaction }
    at += transactions.length
  }
  return undefined
}

function leavesOf(envelopes: readonly Envelope[]): { leaves: Uint8Array[]; firsts: number[]; count: number } {
  const leaves: Uint8Array[] = []
  const firsts: number[] = []
  let writer: ByteWriter | undefined
  let index = 0
  let count = 0
  let bytes = 0
  const close = () => {
    if (writer !== undefined) leaves.push(writer.done())
    writer = undefined
  }
  for (const envelope of envelopes) {
    const { transactions } = envelope
    let from = 0
    // An empty envelope is in no valid block; were it in no leaf either, a body with one would have the same root.
    do {
      if (writer === undefined) {
        writer = new ByteWriter(LEAF_BYTES).varint(index)
        firsts.push(index)
        count = bytes = 0
      }
      let to = from
      while (to < transactions.length && count < LEAF_TRANSACTIONS && bytes < LEAF_BYTES) {
        bytes += transactionBytes(transactions[to++]!)
        count++
      }
      writeCut(writer, envelope, from, to)
      index += to - from
      from = to
      if (count === LEAF_TRANSACTIONS || bytes >= LEAF_BYTES) close()
    } while (from < transactions.length)
  }
  close()
  return { leaves, firsts, count: index }
}

function writeCut(writer: ByteWriter, envelope: Envelope, from: number, to: number): void {
  const { sender, sequence, priority, signature, transactions } = envelope
  writer
    .hash(sender)
    .varint(sequence)
    .varint(priority)
    .raw(signature)
    .varint(from)
    .varint(transactions.length)
  writer.list(transactions.slice(from, to), writeTransaction)
}

/** Throws MalformedBytesError for what is no leaf. */
function readLeaf(leaf: Uint8Array): { readonly first: number; readonly cuts: readonly Cut[] } {
  return decode(leaf, (reader) => {
    const first = reader.varint(MAX_TRANSACTIONS)
    const cuts: Cut[] = []
    while (reader.left > 0) {
      if (cuts.length === LEAF_TRANSACTIONS) throw new MalformedBytesError('a leaf holds too much')
      cuts.push(readCut(reader))
    }
    return { first, cuts }
  })
}

function readCut(reader: ByteReader): Cut {
  return {
    sender: reader.hash(),
    sequence: reader.varint(),
    priority: reader.varint(MAX_PRIORITY),
    signature: reader.raw(SIGNATURE_BYTES),
    offset: reader.varint(MAX_TRANSACTIONS),
    count: reader.varint(MAX_TRANSACTIONS),
    transactions: reader.list(LEAF_TRANSACTIONS, readTransaction),
  }
}
