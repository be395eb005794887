/**
 * This validator's own votes: each is signed, made durable with all that justifies it, and only then counted and sent.
 *
 *   cast ── may it? ──► sign ──► persist: certificates, block, vote ──► send, count
 *
 * A crash between any two of these leaves a vote that nobody has seen, or one that is known again after the restart.
 */
import { voteSigningBytes } from '../codec/vote.ts'
import type { VoteRecord } from '../events.ts'
import type { Certificate, Hash, Vote, VoteKind } from '../types.ts'
import { mayVote, recordVote } from './guards.ts'
import type { Standing } from './standing.ts'

export class Ballot {
  readonly #standing: Standing
  readonly #count: (vote: Vote) => void
  /** Certificates that justify the next vote and are not durable yet. */
  #unsaved: Certificate[] = []
  /** What it voted in views before this one is not known any more. */
  #remembered = 0

  /** @param count takes a vote that is durable */
  constructor(standing: Standing, count: (vote: Vote) => void) {
    this.#standing = standing
    this.#count = count
  }

  /**
   * Stands by what it voted before a crash.
   *
   * @param remembered the first view of which it knows what it voted: it votes in none before
   */
  recall(records: readonly VoteRecord[], remembered: number): void {
    this.#remembered = remembered
    for (const record of records) if (record.kind === 'vote') this.#recallVote(record.vote)
  }

  /** The certificate becomes durable with the next vote. */
  justify(certificate: Certificate): void {
    this.#unsaved.push(certificate)
  }

  /** Votes, unless an honest validator must not; `records` justify the vote. It is sent to all unless `send` does that. */
  cast(
    number: number,
    kind: VoteKind,
    block: Hash,
    records: readonly VoteRecord[],
    send: (vote: Vote) => void = (vote) => this.#standing.context.outbox.send('all', { kind: 'vote', vote }),
  ): void {
    const { context, epoch, self, views } = this.#standing
    const view = views.at(number)
    if (self < 0 || context.halted || number < this.#remembered) return
    if (!mayVote(view.own, kind)) return
    recordVote(view.own, kind, block)
    const content = { kind, epoch: epoch.set.epoch, view: number, block }
    context.outbox.sign(voteSigningBytes(context.chainId, content), (signature) => {
      const vote: Vote = { ...content, signer: self, signature }
      context.outbox.persist([...this.#justification(), ...records, { kind: 'vote', vote }], () => {
        if (this.#standing.over) return
        view.ownSent.push(vote)
        send(vote)
        this.#count(vote)
      })
    })
  }

  #justification(): VoteRecord[] {
    const certificates = this.#unsaved
    this.#unsaved = []
    return certificates.map((certificate) => ({ kind: 'certificate', certificate }))
  }

  #recallVote(vote: Vote): void {
    const standing = this.#standing
    if (!standing.isCurrent(vote)) return
    const view = standing.views.at(vote.view)
    recordVote(view.own, vote.kind, vote.block)
    view.ownSent.push(vote)
    view.tables[vote.kind].add(vote, true)
    standing.view = Math.max(standing.view, vote.view)
  }
}
