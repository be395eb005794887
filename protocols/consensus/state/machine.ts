/**
 * What a state machine is: it executes the transactions that carry its name, in the order of final blocks, and has a
 * root over its state. All validators get the same roots because nothing but what is handed in here decides: a
 * machine reads no clock, draws nothing at random and asks nobody.
 */
import type { Hash, PublicKey } from '../types.ts'
import type { TreeProof } from './hash-tree.ts'

/** The final block that is being executed. */
export interface BlockContext {
  readonly height: number
  readonly epoch: number
  /** The time of the block, which grows from block to block; the only clock that there is. */
  readonly timestampMs: number
}

export interface TransactionContext extends BlockContext {
  /** Whose key signed the transaction. */
  readonly sender: PublicKey
  /** Of the transaction among all of its block. */
  readonly index: number
}

/** What became of a transaction. One that is refused stays in its block and changes nothing. */
export type Outcome =
  | { readonly ok: true; readonly value: Uint8Array }
  | { readonly ok: false; readonly reason: string }

export interface EntryProof {
  readonly value: Uint8Array
  readonly proof: TreeProof
}

export interface StateMachine {
  /** What transactions call it; up to 64 bytes. */
  readonly name: string
  /** Called once before the transactions of each block. */
  beginBlock?(block: BlockContext): void
  /** Never throws for what others sent; refuses it with a reason, and then nothing has changed. */
  apply(payload: Uint8Array, context: TransactionContext): Outcome
  /** The hash of everything that decides how it goes on. */
  root(): Hash
  /** The bytes under a key of the state and that the root holds them; undefined where there are none. */
  prove?(key: string): EntryProof | undefined
  /** The state in pieces of at most `MAX_PIECE_BYTES`; equal states give equal pieces. */
  save(): Iterable<Uint8Array>
  /** Takes over a state that was saved in place of its own; throws MalformedBytesError for anything else. */
  load(pieces: Iterable<Uint8Array>): void
}

export const MAX_PIECE_BYTES = 512 * 1024

const NOTHING = new Uint8Array(0)
/** Done, with nothing to say about it. */
export const DONE: Outcome = { ok: true, value: NOTHING }

export function done(value: Uint8Array): Outcome {
  return { ok: true, value }
}

export function refused(reason: string): Outcome {
  return { ok: false, reason }
}
