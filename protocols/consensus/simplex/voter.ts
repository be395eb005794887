/**
 * Whether to vote for what the leader of the current view proposes.
 *
 *   parent certified, views between nullified ── else ask ──► views
 *   blocks up to the parent here              ── else wait until they come
 *   origin, time, state, content              ── else nullify the view, or wait for the clock
 *   signatures: leader, content, certificate  ── else nullify the view
 *   └─► notarize
 */
import type { SignatureCheck } from '../events.ts'
import type { Proposal } from '../messages.ts'
import { type Block, type Certificate, NO_HASH } from '../types.ts'
import type { Ballot } from './ballot.ts'
import type { Certificates } from './certificates.ts'
import { mayVote, parentIsClear } from './guards.ts'
import type { Pacemaker } from './pacemaker.ts'
import { blockProblem, contentChecks } from './proposal.ts'
import type { Standing } from './standing.ts'
import type { ViewSync } from './view-sync.ts'
import type { Candidate, View } from './views.ts'

interface Parts {
  readonly ballot: Ballot
  readonly certificates: Certificates
  readonly pacemaker: Pacemaker
  readonly viewSync: ViewSync
}

export class Voter {
  readonly #standing: Standing
  readonly #parts: Parts
  readonly #valid: (parent: Certificate | undefined) => void

  /** @param valid is told when a proposal's signatures are valid, with the certificate of its parent, which is so as well */
  constructor(standing: Standing, parts: Parts, valid: (parent: Certificate | undefined) => void) {
    this.#standing = standing
    this.#parts = parts
    this.#valid = valid
  }

  /** `view` is the current one. */
  consider(view: View, candidate: Candidate): void {
    if (candidate.state === 'refused' || candidate.state === 'checking' || !mayVote(view.own, 'notarize'))
      return
    const { epoch, leader, views, view: number } = this.#standing
    const { parentView, parentCertificate } = candidate.proposal
    if (!parentIsClear(parentView, number, (between) => views.isNullified(between)))
      return this.#parts.viewSync.ask(epoch.set.members[leader]!.publicKey)
    const parent = parentCertificate?.block ?? epoch.seed.tip.hash
    // The parent itself may be proposed again; it was judged when it was proposed first.
    if (candidate.hash === parent || this.#isGood(candidate, parent)) this.#vote(candidate)
  }

  /** Judges a new block, apart from signatures; false where it is refused or can't be judged yet. */
  #isGood(candidate: Candidate, parent: string): boolean {
    const { context, epoch, leader } = this.#standing
    const path = context.chain.path(parent)
    // What is missing is asked for once the parent's certificate has been checked.
    if (path === undefined) return false
    const problem = blockProblem(context, epoch, leader, candidate.proposal, path)
    if (problem === 'wait') this.#waitFor(candidate.proposal.block)
    else if (problem !== undefined) this.#refuse(candidate, problem)
    return problem === undefined
  }

  #vote(candidate: Candidate): void {
    const { block, parentCertificate } = candidate.proposal
    if (candidate.state === 'valid')
      return this.#parts.ballot.cast(this.#standing.view, 'notarize', candidate.hash, [
        { kind: 'block', block },
      ])
    candidate.state = 'checking'
    this.#standing.context.outbox.verify(this.#checksOf(candidate.proposal), (valid) => {
      if (this.#standing.over) return
      if (!valid.every(Boolean)) return this.#refuse(candidate, 'a signature in it is invalid')
      candidate.state = 'valid'
      this.#valid(parentCertificate)
    })
  }

  #checksOf(proposal: Proposal): SignatureCheck[] {
    const { context } = this.#standing
    const { parentCertificate } = proposal
    const checks = contentChecks(context, this.#standing.keyOf(proposal.vote), proposal)
    if (parentCertificate !== undefined)
      checks.push(...this.#parts.certificates.unknownChecks(parentCertificate))
    return checks
  }

  /** A leader that proposes what nobody may vote for is not waited for. */
  #refuse(candidate: Candidate, problem: string): void {
    const { context, view } = this.#standing
    const { vote } = candidate.proposal
    candidate.state = 'refused'
    context.invalid(this.#standing.keyOf(vote), `a proposal: ${problem}`)
    if (vote.view === view) this.#parts.ballot.cast(view, 'nullify', NO_HASH, [])
  }

  #waitFor({ header }: Block): void {
    const { genesis, nowMs } = this.#standing.context
    const atMs = header.timestampMs - genesis.clock_drift
    if (atMs > nowMs) this.#parts.pacemaker.lookAgain(atMs)
  }
}
