/**
 * Envelopes on their way into the pool: what can be refused at once is, then their signatures are checked together.
 *
 *   refusal ──► signatures, as many as have come meanwhile ──► pool ──► spread to the other validators
 */
import { envelopeSigningBytes } from '../../../protocols/consensus/codec/envelope.ts'
import type { SignatureCheck } from '../../../protocols/consensus/events.ts'
import type { Ledger } from '../../../protocols/consensus/ledger/ledger.ts'
import type { PoolRefusal } from '../../../protocols/consensus/pool/pool.ts'
import type { Envelope, Hash, PublicKey } from '../../../protocols/consensus/types.ts'
import { crypto } from '../crypto.ts'

export type IntakeRefusal = PoolRefusal | 'invalid-signature' | 'busy'

/** Envelopes whose signatures are being checked or wait for that. */
const MAX_WAITING = 16_384
/** Of those, what one peer has sent: none takes the room of the others and of clients. */
const MAX_OF_PEER = 2_048

interface Arrival {
  readonly envelope: Envelope
  readonly peer: PublicKey | undefined
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
  readonly #ofPeers = new Map<PublicKey, number>()

  constructor(ledger: Ledger, chain: Hash, shell: IntakeShell) {
    this.#ledger = ledger
    this.#chain = chain
    this.#shell = shell
  }

  /**
   * `tell` is called once: with undefined when the envelope is in the pool.
   *
   * @param peer who has sent it; undefined for a client
   */
  add(
    envelope: Envelope,
    peer: PublicKey | undefined,
    tell: (refusal: IntakeRefusal | undefined) => void,
  ): void {
    const refusal = this.#isBusy(peer) ? 'busy' : this.#ledger.refusal(envelope)
    if (refusal !== undefined) return tell(refusal)
    this.#count(peer, 1)
    if (this.#arrivals.push({ envelope, peer, tell }) === 1) this.#shell.soon()
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
    for (const [i, { envelope, peer, tell }] of arrivals.entries()) {
      this.#count(peer, -1)
      // Whether it can be submitted may have changed while the signature was being checked.
      const refusal = valid[i] === true ? this.#ledger.refusal(envelope) : 'invalid-signature'
      if (refusal === undefined) this.#ledger.submit(envelope)
      tell(refusal)
    }
    this.#shell.added()
  }

  #isBusy(peer: PublicKey | undefined): boolean {
    return (
      this.#waiting >= MAX_WAITING || (peer !== undefined && (this.#ofPeers.get(peer) ?? 0) >= MAX_OF_PEER)
    )
  }

  #count(peer: PublicKey | undefined, more: 1 | -1): void {
    this.#waiting += more
    if (peer !== undefined) this.#ofPeers.set(peer, (this.#ofPeers.get(peer) ?? 0) + more)
  }
}
