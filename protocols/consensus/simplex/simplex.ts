/**
 * Simplex consensus in one epoch, weighted by stake.
 *
 *   leader    ── proposal ──►│ all            notarize: the first valid proposal of the view
 *   all       ── notarize ──►│ a quorum: the block is notarized, the next view begins
 *   all       ── finalize ──►│ a quorum: the block and all before it are final
 *
 *   no result in time: all ── nullify ──► a quorum: the next view begins without a block of this one
 *
 * These are PBFT's pre-prepare, prepare and commit; nullify stands for its view change. A block can be built upon after
 * two hops and is final after three. A leader builds on the newest certified block such that each view between is
 * nullified. Why no two blocks of one height become final is said in `guards.ts`.
 *
 * Where to read on, in the order of a block's way:
 *
 *   proposer.ts, voter.ts              what to propose, what to vote for; `proposal.ts` has the rules
 *   ballot.ts                          this validator's votes: signed, durable, sent
 *   votes.ts, certificates.ts          those of others
 *   pacemaker.ts, view-sync.ts         how long a view may take, and how those who are behind learn of its end
 */
import type { Epoch } from '../epoch.ts'
import type { VoteRecord } from '../events.ts'
import type { Proposal } from '../messages.ts'
import { type Certificate, NO_HASH, type PublicKey, type Vote } from '../types.ts'
import { Ballot } from './ballot.ts'
import { Certificates } from './certificates.ts'
import type { Context } from './context.ts'
import { Pacemaker } from './pacemaker.ts'
import { proposalProblem } from './proposal.ts'
import { Proposer } from './proposer.ts'
import { Standing } from './standing.ts'
import { ViewSync } from './view-sync.ts'
import { Voter } from './voter.ts'
import { Votes } from './votes.ts'

export class Simplex {
  readonly #standing: Standing
  readonly #votes: Votes
  readonly #certificates: Certificates
  readonly #ballot: Ballot
  readonly #pacemaker: Pacemaker
  readonly #viewSync: ViewSync
  readonly #proposer: Proposer
  readonly #voter: Voter

  constructor(context: Context, epoch: Epoch) {
    const standing = new Standing(context, epoch)
    const votes = new Votes(standing, (certificate) => this.accept(certificate))
    const certificates = new Certificates(standing, (certificate) => this.accept(certificate))
    const ballot = new Ballot(standing, (vote) => votes.count(vote))
    const pacemaker = new Pacemaker(standing, () => this.#hasWork())
    const viewSync = new ViewSync(standing, pacemaker)
    const parts = { ballot, certificates, pacemaker, viewSync }
    this.#standing = standing
    this.#votes = votes
    this.#certificates = certificates
    this.#ballot = ballot
    this.#pacemaker = pacemaker
    this.#viewSync = viewSync
    this.#proposer = new Proposer(standing, parts)
    this.#voter = new Voter(standing, parts, (parent) => {
      if (parent !== undefined) this.accept(parent)
      this.#progress()
    })
  }

  get view(): number {
    return this.#standing.view
  }

  get dueMs(): number {
    return this.#pacemaker.dueMs
  }

  /** For those who are behind. */
  get viewSync(): ViewSync {
    return this.#viewSync
  }

  /**
   * Begins, or goes on with what this validator said and knew before a crash.
   *
   * @param remembered the first view of which it knows what it voted: it votes in none before
   */
  start(certificate: Certificate | undefined, records: readonly VoteRecord[], remembered: number): void {
    const { views } = this.#standing
    this.#ballot.recall(records, remembered)
    const known = records.flatMap((record) => (record.kind === 'certificate' ? [record.certificate] : []))
    if (certificate !== undefined) known.unshift(certificate)
    const current = known.filter((item) => this.#standing.isCurrent(item))
    for (const item of current) views.at(item.view).certificates[item.kind] ??= item
    for (const item of current) if (this.#standing.isCurrent(item)) this.#take(item)
    this.#pacemaker.enter(Math.max(1, this.view))
    this.#progress()
  }

  /** The epoch is over. */
  end(): void {
    this.#standing.over = true
  }

  // --- the way of a block: proposed, notarized, final ---

  proposal(from: PublicKey, proposal: Proposal): void {
    const { context, epoch, views } = this.#standing
    const { vote, block, parentCertificate } = proposal
    if (!this.#standing.isOfEpoch(vote) || !views.accepts(vote.view, this.view)) return
    if (vote.signer !== epoch.schedule.leader(vote.view))
      return context.invalid(from, 'a proposal out of turn')
    const hash = context.chain.hash(block)
    const problem = proposalProblem(proposal, hash, epoch.set)
    if (problem !== undefined) return context.invalid(from, `a proposal: ${problem}`)
    this.vote(from, vote)
    const view = views.at(vote.view)
    if (view.candidate !== undefined || this.#standing.keyOf(vote) !== from) return
    if (!context.chain.isWhole(block)) return context.invalid(from, 'a block that differs from its header')
    view.candidate = { proposal, hash, state: 'unchecked' }
    context.chain.add(block, hash)
    if (parentCertificate !== undefined) this.certificate(from, parentCertificate)
    this.#progress()
  }

  vote(from: PublicKey, vote: Vote): void {
    if (!this.#votes.receive(from, vote)) return
    // Who gives up a view that is over is behind.
    if (vote.kind === 'nullify' && vote.view < this.view) this.#viewSync.show(from, vote.view, vote.view)
  }

  certificate(from: PublicKey, certificate: Certificate): void {
    this.#certificates.receive(from, certificate)
  }

  /** A certificate that votes have made here, or whose signatures have been checked. */
  accept(certificate: Certificate): void {
    const { over, views } = this.#standing
    if (over || certificate.view < views.first || this.#standing.knows(certificate)) return
    views.at(certificate.view).certificates[certificate.kind] = certificate
    this.#ballot.justify(certificate)
    this.#take(certificate)
    this.#progress()
  }

  /** Notarized: vote to make it final. Final: commit. Nullified, or either: the next view. */
  #take(certificate: Certificate): void {
    const { context, views } = this.#standing
    const { kind, view, block } = certificate
    if (kind === 'notarize') {
      const missing = context.chain.missing(block)
      if (missing !== undefined) context.want(missing)
      if (!views.isNullified(view)) this.#ballot.cast(view, 'finalize', block, [])
    } else if (kind === 'finalize') {
      this.#standing.finalView = Math.max(this.#standing.finalView, view)
    }
    this.#pacemaker.enter(view + 1)
    if (kind === 'finalize') context.finalized(certificate)
  }

  /** Proposes or votes in the current view, where it is time to. */
  #progress(): void {
    const { leader, over, self, views } = this.#standing
    if (over) return
    const view = views.at(this.view)
    if (leader === self) this.#proposer.lead(view)
    else if (view.candidate !== undefined) this.#voter.consider(view, view.candidate)
  }

  // --- time ---

  /** Time has passed, there is work, or a block has come. */
  tick(): void {
    if (this.view === 0) return
    if (this.#pacemaker.tick()) this.#late()
    this.#progress()
  }

  /** The view takes too long: says again what may have been lost, and nullifies it. */
  #late(): void {
    const { context, views } = this.#standing
    this.#viewSync.tellStatus('all')
    for (const vote of views.at(this.view).ownSent) context.outbox.send('all', { kind: 'vote', vote })
    this.#ballot.cast(this.view, 'nullify', NO_HASH, [])
  }

  #hasWork(): boolean {
    const { application, chain } = this.#standing.context
    const parent = this.#standing.parent()
    const path = parent === undefined ? undefined : chain.path(parent.hash)
    return path !== undefined && (path.length > 0 || application.hasWork(path))
  }

  /** The newest final block is of this view. */
  pruneTo(view: number): void {
    this.#standing.finalView = Math.max(this.#standing.finalView, view)
    this.#standing.views.prune(this.#standing.finalView)
  }
}
