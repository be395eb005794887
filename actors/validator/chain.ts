/** The chain behind the decisions: for state machines of one's own, for leases, and to look at. */
import { encode } from '../../protocols/consensus/codec/bytes.ts'
import { writeEnvelope } from '../../protocols/consensus/codec/envelope.ts'
import type { Envelope, PublicKey, Transaction } from '../../protocols/consensus/types.ts'
import type { Scope } from '../../runtime/index.ts'
import type { Receipt } from './node/receipts.ts'
import { type Committed, submitOnce } from './once.ts'
import { reachOf } from './reach.ts'
import type { ChainStatus } from './status.ts'

export interface ChainOptions {
  /** Milliseconds after which NotFinalError rejects; default 30,000. */
  timeoutMs?: number
}

export interface Chain {
  /**
   * Sends a transaction under the key of a validator of this node and resolves once it is final. It is executed once,
   * however often validators are lost meanwhile; rejects with NotFinalError when time is up, and then it may be executed
   * for some seconds more, up to an hour after it was sent where `timeoutMs` is as long. To send it again by oneself, give
   * it a key `once`: what carries the same key is the same transaction. (Operations of `accounts` have no need of one: who
   * opens an account that is open is refused.)
   */
  submit(transaction: Transaction, options?: ChainOptions): Promise<Committed>
  /** Sends transactions that their sender has signed, once; resolves when they are final. Rejects with Refused. */
  submitEnvelope(envelope: Envelope, options?: ChainOptions): Promise<Receipt>
  /** The last sequence number that a sender has used; undefined for a key without an account. */
  sequence(sender: PublicKey): Promise<number | undefined>
  status(): Promise<ChainStatus>
}

const SUBMIT_MS = 30_000
const LOOK_MS = 5_000
/** Who has not answered by then may be away. */
const LOOK_PATIENCE_MS = 1_000

/** @param scope the system, or an actor's context */
export function chain(scope: Scope): Chain {
  const reach = reachOf(scope)
  return {
    submit: (transaction, { timeoutMs = SUBMIT_MS } = {}) => submitOnce(scope, transaction, timeoutMs),
    submitEnvelope: (envelope, { timeoutMs = SUBMIT_MS } = {}) => {
      const bytes = encode(envelope, writeEnvelope)
      // Another validator would refuse it as one that has come before, so a slow one is waited for.
      return reach.ask(scope, timeoutMs, (ask) => ask.submitEnvelope(bytes), timeoutMs)
    },
    sequence: async (sender) =>
      (await reach.ask(scope, LOOK_MS, (ask) => ask.sequence(sender), LOOK_PATIENCE_MS)) ?? undefined,
    status: () => reach.ask(scope, LOOK_MS, (ask) => ask.status(), LOOK_PATIENCE_MS),
  }
}
