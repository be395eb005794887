/**
 * Envelopes on their way into the pool: what can be refused at once is, then their signatures are checked together.
 *
 *   refusal ──► signatures, as many as have come meanwhile ──► pool ──► spread to the other validators
 */
import { envelopeSigningBytes } from '../../../protocols/consensus/codec/envelope.ts'
import type { SignatureCheck } from '../../../protocols/consensus/events.ts'
import type { Ledger } from '../../../protocols/consensus/ledger/ledger.ts'
import type { PoolRefusal } from '../../../protocols/consensus/pool/pool.ts'
import type { Envelope, Hash } from '../../../protocols/consensus/types.ts'
import { crypto } from '../crypto.ts'

export type IntakeRefusal = PoolRefusal | 'invalid-signature' | 'busy'

/** Envelopes whose signatures are being checked or wait for that. */
const MAX_WAITING = 16_384

interface Arrival {
  readonly envelope: Envelope
  readonly tell: (refusal: IntakeRefusal | undefined) => void
}

export interface IntakeShell {
  /** Calls back with which are valid, at once or later. */
  verify(checks: readonly SignatureCheck[], done: (valid: readonly boolean[]) => void): void
  /** Calls `flush` soon. */
  soon(): void
  /** There is something new in the pool. */
  added(): void
}

export class Intake {
  readonly #ledger: Ledger
  readonly #chain: Hash
  readonly #shell: IntakeShell
  #arrivals: Arrival[] = []
  #waiting = 0

  constructor(ledger: Ledger, chain: Hash, shell: IntakeShell) {
    this.#ledger = ledger
    this.#chain = chain
    this.#shell = shell
  }

  /** `tell` is called once: with undefined when the envelope is in the pool. */
  add(envelope: Envelope, tell: (refusal: IntakeRefusal | undefined) => void): void {
    const refusal = this.#waiting >= MAX_WAITING ? 'busy' : this.#ledger.refusal(envelope)
    if (refusal !== undefined) return tell(refusal)
    this.#waiting++
    if (this.#arrivals.push({ envelope, tell }) === 1) this.#shell.soon()
  }

  flush(): void {
    const arrivals = this.#arrivals
    if (arrivals.length === 0) return
    this.#arrivals = []
    const checks = arrivals.map(({ envelope }) => ({
      key: envelope.sender,
      bytes: envelopeSigningBytes(this.#chain, envelope, crypto),
      signature: envelope.signature,
    }))
    this.#shell.verify(checks, (valid) => this.#verified(arrivals, valid))
  }

  #verified(arrivals: readonly Arrival[], valid: readonly boolean[]): void {
    this.#waiting -= arrivals.length
    for (const [i, { envelope, tell }] of arrivals.entries()) {
      // Whether it can be submitted may have changed while the signature was being checked.
      const refusal = valid[i] === true ? this.#ledger.refusal(envelope) : 'invalid-signature'
      if (refusal === undefined) this.#ledger.submit(envelope)
      tell(refusal)
    }
    this.#shell.added()
  }
}
