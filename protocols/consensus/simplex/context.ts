/** What the parts of a validator share. */
import type { Chain } from '../chain.ts'
import type { Genesis } from '../genesis.ts'
import type { Outbox } from '../outbox.ts'
import type { Application, Certificate, Crypto, Evidence, Hash, PublicKey } from '../types.ts'

export interface Context {
  /** This validator's key; it follows without voting where it is no member of the epoch's set. */
  readonly self: PublicKey
  readonly genesis: Genesis
  readonly chainId: Hash
  readonly crypto: Crypto
  readonly application: Application
  readonly chain: Chain
  readonly outbox: Outbox
  /** The time of the current step. */
  nowMs: number
  /** It has met a state that it does not have, and votes no more. */
  halted: boolean
  /** Against these there is proof in this epoch; more of it changes nothing. */
  readonly accused: Set<PublicKey>
  /** A block has become final. */
  finalized(certificate: Certificate): void
  /** Valid proof has been found here. */
  accuse(evidence: Evidence): void
  /** A peer has sent what no honest validator sends. */
  invalid(from: PublicKey, what: string): void
  /** Gets a certified block that is not here. */
  want(hash: Hash): void
}
