/**
 * Transactions on their way: from clients and this validator itself into the pool and to all others, and what became of
 * them once they are final.
 */
import type { Genesis } from '../../../protocols/consensus/genesis.ts'
import { Ledger } from '../../../protocols/consensus/ledger/ledger.ts'
import type { MachineFactory } from '../../../protocols/consensus/state/chain-state.ts'
import type { Envelope, Hash, PublicKey } from '../../../protocols/consensus/types.ts'
import { crypto, type KeyPair, signatureOf } from '../crypto.ts'
import type { Checks } from './checks.ts'
import { Intake, type IntakeRefusal } from './intake.ts'
import type { Measurements } from './measurements.ts'
import { type ReceiptListener, Receipts } from './receipts.ts'
import { Submitter } from './submitter.ts'

export interface TransactionsShell {
  readonly genesis: Genesis
  readonly chainId: Hash
  readonly keys: KeyPair
  readonly machines: MachineFactory | undefined
  readonly measurements: Measurements
  readonly checks: Checks
  now(): number
  /** Calls `flush` soon. */
  soon(): void
  /** There is something new in the pool. */
  added(): void
  /** A peer has sent what no honest one does. */
  invalid(peer: PublicKey, what: string): void
  /** To all others, so that each leader has it. */
  spread(envelope: Envelope): void
}

export class Transactions {
  readonly ledger: Ledger
  readonly receipts = new Receipts()
  /** Sends transactions under this validator's key. */
  readonly submitter: Submitter
  readonly #shell: TransactionsShell
  readonly #intake: Intake

  constructor(shell: TransactionsShell) {
    const { genesis, chainId, keys, machines, measurements, checks, now, soon, added } = shell
    const { publicKey: self } = keys
    this.#shell = shell
    this.ledger = new Ledger({
      ...{ genesis, crypto, machines },
      events: {
        outcome: (_, outcome) => this.receipts.outcome(outcome),
        applied: (block) => this.receipts.applied(block),
        dropped: ({ envelope }) => measurements.dropped(envelope),
      },
    })
    this.#intake = new Intake(this.ledger, chainId, {
      ...{ soon, added },
      verify: (signatures, done) => checks.run(signatures, done),
    })
    this.submitter = new Submitter({
      ...{ self, chain: chainId, receipts: this.receipts, now, soon },
      maxTransactions: genesis.max_transactions_per_block,
      maxBytes: genesis.max_block_size / 2,
      sign: (bytes) => signatureOf(bytes, keys),
      sequence: () => this.ledger.sequence(self),
      offer: (envelope, refused) => this.submit(envelope, (why) => why !== undefined && refused(why)),
    })
  }

  flush(): void {
    this.submitter.flush()
    this.#intake.flush()
  }

  /** Takes in an envelope of a client and spreads it; tells why not. */
  submit(envelope: Envelope, then: (refusal: IntakeRefusal | undefined) => void): void {
    this.#takeIn(envelope, undefined, (refusal) => {
      // The others may have lost what is here already.
      if (refusal === undefined || refusal === 'duplicate') this.#shell.spread(envelope)
      then(refusal)
    })
  }

  /** A peer spreads what it has checked. */
  hear(peer: PublicKey, envelope: Envelope): void {
    this.#takeIn(envelope, peer, (refusal) => {
      if (refusal === 'invalid-signature') this.#shell.invalid(peer, 'an envelope with an invalid signature')
    })
  }

  /** Tells when the envelope is final; the returned function ends the waiting. */
  wait(envelope: Envelope, listener: ReceiptListener): () => void {
    return this.receipts.wait(envelope, listener)
  }

  #takeIn(
    envelope: Envelope,
    peer: PublicKey | undefined,
    then: (refusal: IntakeRefusal | undefined) => void,
  ): void {
    const { measurements, now } = this.#shell
    this.#intake.add(envelope, peer, (refusal) => {
      if (refusal === undefined) measurements.arrived(envelope, now())
      then(refusal)
    })
  }
}
