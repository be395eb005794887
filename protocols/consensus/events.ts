/** What happens to a validator, and what it wants done about it. */

import type { EpochSeed } from './epoch.ts'
import type { Message } from './messages.ts'
import type { Block, Certificate, Evidence, PublicKey, Vote } from './types.ts'

export type ConsensusEvent =
  /** A peer sent this. The link vouches for who that is; nothing else is believed. */
  | { readonly kind: 'message'; readonly from: PublicKey; readonly message: Message }
  | { readonly kind: 'signed'; readonly token: number; readonly signature: Uint8Array }
  /** The records are durable. */
  | { readonly kind: 'persisted'; readonly token: number }
  /** Which of the signatures are valid, in their order. */
  | { readonly kind: 'verified'; readonly token: number; readonly valid: readonly boolean[] }
  /** The application has got something to propose. */
  | { readonly kind: 'work' }
  /** Time has passed: `dueMs` tells when one is needed. */
  | { readonly kind: 'tick' }

export type ConsensusEffect =
  | { readonly kind: 'send'; readonly to: PublicKey | 'all'; readonly message: Message }
  /** Sign these bytes with the validator's key; `signed` follows. */
  | { readonly kind: 'sign'; readonly token: number; readonly bytes: Uint8Array }
  /** Make these durable, after all earlier ones; `persisted` follows, and nothing is sent before it. */
  | { readonly kind: 'persist'; readonly token: number; readonly records: readonly VoteRecord[] }
  | { readonly kind: 'verify'; readonly token: number; readonly checks: readonly SignatureCheck[] }
  /** Final for good: in order, the certificate is for the last of them. Records of earlier views are no longer needed. */
  | { readonly kind: 'committed'; readonly blocks: readonly Block[]; readonly certificate: Certificate }
  /** Send this peer final blocks from `height` on, by `chainMessage`. */
  | { readonly kind: 'serve'; readonly to: PublicKey; readonly height: number }
  /**
   * An epoch begins, on the state after the blocks committed so far: a place to take a snapshot for starting from it.
   * Nothing more is executed before the next step.
   */
  | { readonly kind: 'epoch'; readonly seed: EpochSeed }
  | { readonly kind: 'accused'; readonly evidence: Evidence }
  /** For people: something takes too long or somebody misbehaves. It changes nothing. */
  | { readonly kind: 'alert'; readonly alert: Alert }

/** What has to outlive a crash, in the order in which it was persisted. */
export type VoteRecord =
  | { readonly kind: 'vote'; readonly vote: Vote }
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'block'; readonly block: Block }

/** Is this the signature of this key over these bytes? */
export interface SignatureCheck {
  readonly key: PublicKey
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}

export type Alert =
  /** Nothing became final for longer than `finality_time` although something waits. */
  | { readonly kind: 'finality-late'; readonly sinceMs: number }
  | { readonly kind: 'silent'; readonly validator: PublicKey; readonly sinceMs: number }
  /** Its votes come so much later than the first ones, in the mean, and far later than those of the others. */
  | { readonly kind: 'late'; readonly validator: PublicKey; readonly byMs: number }
  | { readonly kind: 'invalid'; readonly validator: PublicKey; readonly what: string }
  /** A certified header shows another state than this validator has: it stops voting. */
  | { readonly kind: 'diverged'; readonly height: number }
