/**
 * What validators exchange and sign.
 *
 *   Block ── header ── hash ◄── votes of a view ── a quorum of them ──► Certificate
 *     └ envelopes (transactions under one signature), evidence
 *
 * Hashes and public keys are lower-case hexadecimal here, so that they are compared and looked up as strings, and
 * plain bytes where they are signed or sent (`codec/`). Numbers are safe integers; times are milliseconds.
 */
import type { SignatureCheck } from './events.ts'
import type { Parameters } from './genesis.ts'

/** 32 bytes, SHA-256, as 64 hexadecimal digits. */
export type Hash = string
/** An ed25519 key, as 64 hexadecimal digits. */
export type PublicKey = string

/** The hash that stands where there is none. */
export const NO_HASH: Hash = '0'.repeat(64)
export const HASH_BYTES = 32
export const SIGNATURE_BYTES = 64
export const ONCE_ID_BYTES = 16

/** What the core takes from outside because it has no Node module: a function of its arguments alone. */
export interface Crypto {
  /** 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array
}

/** One command for one state machine. */
export interface Transaction {
  /** The name of the state machine that it is for. */
  readonly machine: string
  readonly payload: Uint8Array
  /** Has it executed once, however often it is sent. What the accounts do is worked out ahead and takes no key. */
  readonly once?: OnceKey
}

/** Names a transaction, whoever sends it: see `state/executed.ts`. */
export interface OnceKey {
  /** ONCE_ID_BYTES that nobody used before. */
  readonly id: Uint8Array
  /** A block of a later time does not execute it; more than 0. */
  readonly untilMs: number
}

/** Transactions of one sender under one signature: all of them are in a block, in this order, or none. */
export interface Envelope {
  readonly sender: PublicKey
  /** 1, 2, 3, ... per sender: each is used once, so an envelope can't be replayed. */
  readonly sequence: number
  /** 0 is the least urgent; see `MAX_PRIORITY`. */
  readonly priority: number
  readonly transactions: readonly Transaction[]
  /** Over `envelopeSigningBytes`. */
  readonly signature: Uint8Array
}

export const MAX_PRIORITY = 7

export interface BlockHeader {
  /** The hash of the genesis document. */
  readonly chain: Hash
  /** The first epoch is 0. */
  readonly epoch: number
  /** The first block has height 1; the genesis stands at 0. */
  readonly height: number
  readonly parent: Hash
  /** The index of the leader in the epoch's validator set. */
  readonly proposer: number
  /** The leader's clock, and later than the parent's. */
  readonly timestampMs: number
  /** The hash of the epoch's validator set. */
  readonly validators: Hash
  /** In the last block of an epoch the hash of the next set, otherwise NO_HASH. */
  readonly nextValidators: Hash
  /** The block whose effects `stateRoot` shows: state follows final blocks only, so it lags the chain's tip. */
  readonly stateHeight: number
  readonly stateRoot: Hash
  /** The Merkle root of all transactions. */
  readonly transactions: Hash
  /** The hash of the evidence in the block. */
  readonly evidence: Hash
  /** Who signed the notarization of the parent that the leader chose, as a bitmap; empty for the first block of an epoch. */
  readonly signers: Uint8Array
}

export interface Block {
  readonly header: BlockHeader
  readonly envelopes: readonly Envelope[]
  readonly evidence: readonly Evidence[]
}

/** What an application puts into a block; the rest of the header is the consensus' own. */
export type BlockBody = Pick<Block, 'envelopes' | 'evidence'>

export type VoteKind = 'notarize' | 'nullify' | 'finalize'

/** One validator's word about one view. */
export interface Vote {
  readonly kind: VoteKind
  readonly epoch: number
  /** Each epoch begins with view 1. */
  readonly view: number
  /** NO_HASH where the view is nullified. */
  readonly block: Hash
  /** The index of the voter in the epoch's validator set. */
  readonly signer: number
  readonly signature: Uint8Array
}

/** Votes of more than two thirds of the stake for the same. */
export interface Certificate {
  readonly kind: VoteKind
  readonly epoch: number
  readonly view: number
  readonly block: Hash
  /** Bit `i % 8` of byte `i / 8` stands for member `i` of the epoch's validator set. */
  readonly signers: Uint8Array
  /** One for each set bit, in order. */
  readonly signatures: readonly Uint8Array[]
}

/** Two votes of one validator that contradict each other: proof by itself, whoever shows it. */
export interface Evidence {
  /** The key that signed both, so that the proof also holds where the epoch's set is no longer known. */
  readonly offender: PublicKey
  readonly first: Vote
  readonly second: Vote
}

/** A member of the validator set of one epoch. */
export interface Validator {
  readonly publicKey: PublicKey
  /** Voting power, also called stake; more than 0. */
  readonly stake: number
  /** The voting record of past epochs, 0 to MAX_REPUTATION; it weighs for leadership alone, never for votes. */
  readonly reputation: number
}

export const MAX_REPUTATION = 1_000

/** Who votes in an epoch. Members are in ascending order of their keys, which is the order of bitmaps. */
export interface ValidatorSet {
  readonly epoch: number
  readonly members: readonly Validator[]
  readonly totalStake: number
  readonly hash: Hash
}

/** Who could be a validator in the next epoch, by the state after some final block. */
export interface Candidate {
  readonly publicKey: PublicKey
  readonly stake: number
  /** Out of the set from the next epoch on. */
  readonly jailed: boolean
}

/** Proof to anyone that a block is final: it is the certified block, or the parent of the next header, and so on. */
export interface FinalityProof {
  /** From the block in question to the certified one. */
  readonly headers: readonly BlockHeader[]
  /** Kind `finalize`, for the last of the headers. */
  readonly certificate: Certificate
}

/**
 * What consensus is about: the application behind it, which holds pool and state. Calls are deterministic given what was
 * applied (but for `build`), return at once and never throw for what others sent.
 */
export interface Application {
  /** Something waits to be proposed that is not in these blocks. */
  hasWork(ancestors: readonly Block[]): boolean
  /** Transactions for a child of the last of these blocks, which are not final yet; oldest first. */
  build(ancestors: readonly Block[], limits: BlockLimits): BlockBody
  /** Roots for the header of a block with this content. */
  roots(body: BlockBody): { readonly transactions: Hash; readonly evidence: Hash }
  /**
   * Why no honest validator votes for the block: sizes, roots, duplicates, sequence numbers; undefined where all is well.
   * Signatures are checked by whoever received the block. `ancestors` as in `build`.
   */
  validate(block: Block, ancestors: readonly Block[], limits: BlockLimits): string | undefined
  /** Executes a final block, which is the child of the one before, and gives the root of the state after it. */
  apply(block: Block): Hash
  /** The root of the state after the newest applied block. */
  root(): Hash
  /** Who could be a validator, after the newest applied block. */
  candidates(): readonly Candidate[]
  /** What the chain has decided to be tuned to, after the newest applied block; undefined for no change. */
  tuned(): Parameters | undefined
  /** Signatures of envelopes in the block that have not been checked here yet. */
  unchecked(block: Block): readonly SignatureCheck[]
  /**
   * Valid proof against a validator, to be put into a block unless it has been in one. False where it leads to nothing,
   * because it is too old or its offence was punished: a newer piece may still lead to something.
   */
  accuse(evidence: Evidence): boolean
}

/** Of one block; from the genesis document, or tuned within its bounds. */
export interface BlockLimits {
  readonly maxBytes: number
  readonly maxTransactions: number
}
