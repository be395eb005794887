/** What validators send each other. */
import type { Block, Certificate, Evidence, Hash, Vote } from './types.ts'

export type Message =
  | Proposal
  | { readonly kind: 'vote'; readonly vote: Vote }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  | Status
  /** Asks for certificates of an epoch's views, both ends included. */
  | { readonly kind: 'get-views'; readonly epoch: number; readonly from: number; readonly to: number }
  | { readonly kind: 'get-block'; readonly hash: Hash }
  | { readonly kind: 'block'; readonly block: Block }
  /** Asks for final blocks from this height on. */
  | { readonly kind: 'get-chain'; readonly height: number }
  | CertifiedBlocks

/** A leader's block and its vote for it, which is all that is signed: a second proposal is a second vote. */
export interface Proposal {
  readonly kind: 'proposal'
  readonly block: Block
  /** Where the parent was certified: each view after it has been nullified. 0 for the parent of the epoch's first block. */
  readonly parentView: number
  /** The parent's, whose signers the header names; undefined where `parentView` is 0. */
  readonly parentCertificate: Certificate | undefined
  readonly vote: Vote
}

/** Where a validator is; who is behind learns of it by this. */
export interface Status {
  readonly kind: 'status'
  readonly epoch: number
  readonly view: number
  /** Of the newest final block. */
  readonly height: number
}

/** Consecutive final blocks of one epoch. */
export interface CertifiedBlocks {
  readonly kind: 'chain'
  readonly blocks: readonly Block[]
  /** Kind `finalize`, for the last of them. */
  readonly certificate: Certificate
}
