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
 * A vote is signed, made durable with all that justifies it, and only then counted and sent.
 */
import { assembleCertificate, certificateChecks, certificateProblem } from '../certificate.ts'
import { voteSigningBytes } from '../codec/vote.ts'
import type { Epoch } from '../epoch.ts'
import type { SignatureCheck, VoteRecord } from '../events.ts'
import { contradict, evidenceChecks, evidenceOf } from '../evidence.ts'
import type { Proposal } from '../messages.ts'
import {
  type Block,
  type Certificate,
  type Hash,
  NO_HASH,
  type PublicKey,
  type Vote,
  type VoteKind,
} from '../types.ts'
import { indicesOf, memberIndex } from '../validator-set.ts'
import type { Context } from './context.ts'
import { mayVote, parentIsClear, recordVote } from './guards.ts'
import { viewTimeout } from './pacemaker.ts'
import { blockProblem, contentChecks, proposalProblem } from './proposal.ts'
import { propose } from './proposer.ts'
import { type Candidate, type View, Views } from './views.ts'

const VOTE_KINDS: readonly VoteKind[] = ['notarize', 'nullify', 'finalize']
/** Certificates of one sender that are being checked at a time. */
const MAX_CHECKING = 64
/** Certificates given for one request. */
const MAX_SHOWN = 64

export class Simplex {
  readonly #context: Context
  readonly #epoch: Epoch
  readonly #self: number
  readonly #views: Views
  readonly #checking = new Map<PublicKey, Set<string>>()
  #view = 0
  #finalView = 0
  #enteredAtMs = 0
  #timeoutMs = 0
  #deadlineMs = Number.POSITIVE_INFINITY
  /** When the leader should look again whether to propose, and a voter whether to vote. */
  #lookAgainMs = Number.POSITIVE_INFINITY
  #askedViewsMs = Number.NEGATIVE_INFINITY
  #hurried = false
  /** Certificates that justify the next vote and are not durable yet. */
  #unsaved: Certificate[] = []
  #over = false
  /** What it voted in views before this one is not known any more. */
  #remembered = 0

  constructor(context: Context, epoch: Epoch) {
    this.#context = context
    this.#epoch = epoch
    this.#self = memberIndex(epoch.set, context.self)
    this.#views = new Views(epoch.set)
  }

  get view(): number {
    return this.#view
  }

  get dueMs(): number {
    return Math.min(this.#deadlineMs, this.#lookAgainMs)
  }

  /**
   * Begins, or goes on with what this validator said and knew before a crash.
   *
   * @param remembered the first view of which it knows what it voted: it votes in none before
   */
  start(certificate: Certificate | undefined, records: readonly VoteRecord[], remembered: number): void {
    this.#remembered = remembered
    for (const record of records) if (record.kind === 'vote') this.#recall(record.vote)
    const known = records.flatMap((record) => (record.kind === 'certificate' ? [record.certificate] : []))
    if (certificate !== undefined) known.unshift(certificate)
    for (const item of known)
      if (this.#isCurrent(item)) this.#views.at(item.view).certificates[item.kind] ??= item
    for (const item of known) if (this.#isCurrent(item)) this.#take(item)
    this.#enter(Math.max(1, this.#view))
    this.#progress()
  }

  /** The epoch is over: whatever is still under way here has no effect. */
  end(): void {
    this.#over = true
  }

  /** What is at hand for someone who is behind: the certificate that began the current view. */
  entryCertificate(): Certificate | undefined {
    const { certificates } = this.#views.peek(this.#view - 1) ?? {}
    return certificates?.notarize ?? certificates?.finalize ?? certificates?.nullify
  }

  // --- what others send ---

  vote(from: PublicKey, vote: Vote): void {
    if (this.#epoch.set.members[vote.signer]?.publicKey !== from)
      return this.#alert(from, 'a vote of another')
    if (!this.#isOfEpoch(vote) || !this.#views.accepts(vote.view, this.#view)) return
    if ((vote.kind === 'nullify') !== (vote.block === NO_HASH))
      return this.#alert(from, 'a vote for no block')
    this.#suspect(from, vote)
    this.#views.at(vote.view).tables[vote.kind].add(vote, false)
    this.#tally(vote)
    if (vote.kind === 'nullify' && vote.view < this.#view) this.show(from, vote.view, vote.view)
  }

  proposal(from: PublicKey, proposal: Proposal): void {
    const { vote, block, parentCertificate } = proposal
    if (!this.#isOfEpoch(vote) || !this.#views.accepts(vote.view, this.#view)) return
    if (vote.signer !== this.#epoch.schedule.leader(vote.view))
      return this.#alert(from, 'a proposal out of turn')
    const hash = this.#context.chain.hash(block)
    const problem = proposalProblem(proposal, hash, this.#epoch.set)
    if (problem !== undefined) return this.#alert(from, `a proposal: ${problem}`)
    this.vote(from, vote)
    const view = this.#views.at(vote.view)
    if (view.candidate !== undefined || this.#epoch.set.members[vote.signer]!.publicKey !== from) return
    if (!this.#context.chain.isWhole(block)) return this.#alert(from, 'a block that differs from its header')
    view.candidate = { proposal, hash, state: 'unchecked' }
    this.#context.chain.add(block, hash)
    if (parentCertificate !== undefined) this.certificate(from, parentCertificate)
    this.#progress()
  }

  certificate(from: PublicKey, certificate: Certificate): void {
    const { kind, view } = certificate
    if (!this.#isOfEpoch(certificate) || view < this.#views.first || this.#knows(certificate)) return
    const problem = certificateProblem(certificate, this.#epoch.set)
    if (problem !== undefined) return this.#alert(from, `a certificate: ${problem}`)
    let checking = this.#checking.get(from)
    if (checking === undefined) this.#checking.set(from, (checking = new Set()))
    const key = `${kind} ${view}`
    if (checking.has(key) || checking.size >= MAX_CHECKING) return
    checking.add(key)
    this.#context.outbox.verify(this.#unknownChecks(certificate), (valid) => {
      checking.delete(key)
      if (!valid.every(Boolean)) this.#alert(from, 'a certificate with an invalid signature')
      else this.#accept(certificate)
    })
  }

  /** A certificate whose signatures have been checked. */
  accept(certificate: Certificate): void {
    this.#accept(certificate)
  }

  /** Shows the certificates of these views to a peer, and the newest final one. */
  show(to: PublicKey, from: number, until: number): void {
    const last = Math.min(until, from + MAX_SHOWN - 1, this.#view)
    for (let number = Math.max(from, this.#views.first); number <= last; number++)
      for (const certificate of Object.values(this.#views.peek(number)?.certificates ?? {}))
        this.#context.outbox.send(to, { kind: 'certificate', certificate })
  }

  /** Time has passed, there is work, or a block has come. */
  tick(): void {
    this.#lookAgainMs = Number.POSITIVE_INFINITY
    this.#hurry()
    if (this.#context.nowMs >= this.#deadlineMs) this.#late()
    this.#progress()
  }

  /** The newest final block is of this view. */
  pruneTo(view: number): void {
    this.#finalView = Math.max(this.#finalView, view)
    this.#views.prune(this.#finalView)
  }

  // --- votes ---

  /** Votes, unless an honest validator must not; `records` justify the vote. */
  #cast(
    number: number,
    kind: VoteKind,
    block: Hash,
    records: readonly VoteRecord[],
    sent?: (vote: Vote) => void,
  ): void {
    const view = this.#views.at(number)
    if (this.#self < 0 || this.#context.halted || number < this.#remembered) return
    if (!mayVote(view.own, kind)) return
    recordVote(view.own, kind, block)
    const { epoch } = this.#epoch.set
    const bytes = voteSigningBytes(this.#context.chainId, { kind, epoch, view: number, block })
    this.#context.outbox.sign(bytes, (signature) => {
      const vote: Vote = { kind, epoch, view: number, block, signer: this.#self, signature }
      const justified: VoteRecord[] = this.#unsaved.map((certificate) => ({
        kind: 'certificate',
        certificate,
      }))
      this.#unsaved = []
      this.#context.outbox.persist([...justified, ...records, { kind: 'vote', vote }], () => {
        if (this.#over) return
        view.ownSent.push(vote)
        if (sent === undefined) this.#context.outbox.send('all', { kind: 'vote', vote })
        else sent(vote)
        view.tables[kind].add(vote, true)
        this.#tally(vote)
      })
    })
  }

  #recall(vote: Vote): void {
    if (!this.#isOfEpoch(vote) || vote.view < this.#views.first) return
    const view = this.#views.at(vote.view)
    recordVote(view.own, vote.kind, vote.block)
    view.ownSent.push(vote)
    view.tables[vote.kind].add(vote, true)
    this.#view = Math.max(this.#view, vote.view)
  }

  /** Looks whether votes like this one make a quorum, and has those checked that could. */
  #tally({ kind, view: number, block }: Vote): void {
    const view = this.#views.peek(number)
    if (this.#over || view === undefined || view.certificates[kind] !== undefined) return
    const table = view.tables[kind]
    const quorum = table.quorum(block)
    if (quorum !== undefined) return this.#accept(assembleCertificate(quorum, this.#epoch.set))
    const votes = table.toCheck(block)
    if (votes.length === 0) return
    const bytes = voteSigningBytes(this.#context.chainId, votes[0]!)
    this.#context.outbox.verify(
      votes.map((vote) => ({ key: this.#keyOf(vote), bytes, signature: vote.signature })),
      (valid) => {
        votes.forEach((vote, i) => {
          table.checked(vote, valid[i] === true)
          if (valid[i] !== true) this.#alert(this.#keyOf(vote), 'a vote with an invalid signature')
        })
        this.#tally(votes[0]!)
      },
    )
  }

  /** Shows to all, as proof, what contradicts an earlier vote. */
  #suspect(from: PublicKey, vote: Vote): void {
    if (this.#context.accused.has(from)) return
    const view = this.#views.at(vote.view)
    const earlier = earlierContradiction(view, vote)
    if (earlier === undefined || view.suspects.has(vote.signer)) return
    const evidence = evidenceOf(from, earlier, vote)
    view.suspects.add(vote.signer)
    this.#context.outbox.verify(evidenceChecks(evidence, this.#context.chainId), (valid) => {
      if (!valid.every(Boolean)) return void view.suspects.delete(vote.signer)
      this.#context.accuse(evidence)
    })
  }

  // --- certificates and views ---

  #accept(certificate: Certificate): void {
    if (this.#over || certificate.view < this.#views.first || this.#knows(certificate)) return
    this.#views.at(certificate.view).certificates[certificate.kind] = certificate
    this.#unsaved.push(certificate)
    this.#take(certificate)
    this.#progress()
  }

  #take(certificate: Certificate): void {
    const { kind, view: number, block } = certificate
    if (kind === 'notarize') {
      const missing = this.#context.chain.missing(block)
      if (missing !== undefined) this.#context.want(missing)
      if (!this.#views.isNullified(number)) this.#cast(number, 'finalize', block, [])
    } else if (kind === 'finalize') {
      this.#finalView = Math.max(this.#finalView, number)
    }
    this.#enter(number + 1)
    if (kind === 'finalize') this.#context.finalized(certificate)
  }

  #enter(number: number): void {
    if (number < this.#view || (number === this.#view && this.#timeoutMs > 0)) return
    this.#view = number
    this.#enteredAtMs = this.#context.nowMs
    this.#timeoutMs = viewTimeout(this.#epoch.seed.parameters.view_timeout, number - 1 - this.#finalView)
    this.#hurried = false
    this.#lookAgainMs = Number.POSITIVE_INFINITY
    this.#deadlineMs = this.#enteredAtMs + this.#context.genesis.block_time + this.#timeoutMs
    this.#hurry()
  }

  /** Where this validator knows of work, it gives the leader no longer than the timeout. */
  #hurry(): void {
    if (this.#hurried || !this.#hasWork()) return
    this.#hurried = true
    this.#deadlineMs = Math.min(this.#deadlineMs, this.#context.nowMs + this.#timeoutMs)
  }

  #late(): void {
    const view = this.#views.at(this.#view)
    this.#deadlineMs = this.#context.nowMs + this.#timeoutMs
    this.sendStatus('all')
    for (const vote of view.ownSent) this.#context.outbox.send('all', { kind: 'vote', vote })
    this.#cast(this.#view, 'nullify', NO_HASH, [])
  }

  sendStatus(to: PublicKey | 'all'): void {
    const { height } = this.#context.chain.final
    this.#context.outbox.send(to, { kind: 'status', epoch: this.#epoch.set.epoch, view: this.#view, height })
  }

  #progress(): void {
    if (this.#over) return
    const view = this.#views.at(this.#view)
    if (this.#epoch.schedule.leader(this.#view) === this.#self) this.#lead(view)
    else if (view.candidate !== undefined) this.#consider(view, view.candidate)
  }

  // --- proposing ---

  #lead(view: View): void {
    if (this.#context.halted || !mayVote(view.own, 'notarize')) return
    const parent = this.#parent()
    if (parent === undefined) return this.#askViews(undefined)
    const path = this.#context.chain.path(parent.hash)
    if (path === undefined) return this.#want(parent.hash)
    const [enteredAtMs, timeoutMs] = [this.#enteredAtMs, this.#timeoutMs]
    const occasion = { leader: this.#self, parent, path, enteredAtMs, timeoutMs }
    const block = propose(this.#context, this.#epoch, occasion)
    if (typeof block === 'number') {
      this.#lookAgainMs = Math.min(this.#lookAgainMs, block)
      return
    }
    const hash = block === path.at(-1) ? parent.hash : this.#context.chain.hash(block)
    this.#context.chain.add(block, hash)
    const { view: parentView, certificate: parentCertificate } = parent
    this.#cast(this.#view, 'notarize', hash, [{ kind: 'block', block }], (vote) =>
      this.#context.outbox.send('all', { kind: 'proposal', block, parentView, parentCertificate, vote }),
    )
  }

  /** The newest certified block that each later view was nullified after; undefined where that is not known. */
  #parent():
    | { readonly view: number; readonly hash: Hash; readonly certificate: Certificate | undefined }
    | undefined {
    for (let number = this.#view - 1; number > 0; number--) {
      const view = this.#views.peek(number)
      if (view?.certified !== undefined)
        return { view: number, hash: view.certified.block, certificate: view.certified }
      if (view?.certificates.nullify === undefined) return undefined
    }
    return { view: 0, hash: this.#epoch.seed.tip.hash, certificate: undefined }
  }

  // --- judging a proposal ---

  #consider(view: View, candidate: Candidate): void {
    if (candidate.state === 'refused' || candidate.state === 'checking' || !mayVote(view.own, 'notarize'))
      return
    const { parentView, parentCertificate, block } = candidate.proposal
    if (!parentIsClear(parentView, this.#view, (number) => this.#views.isNullified(number)))
      return this.#askViews(this.#leaderKey())
    const parentHash = parentCertificate?.block ?? this.#epoch.seed.tip.hash
    if (candidate.hash !== parentHash) {
      const path = this.#context.chain.path(parentHash)
      if (path === undefined) return this.#want(parentHash)
      const leader = this.#epoch.schedule.leader(this.#view)
      const problem = blockProblem(this.#context, this.#epoch, leader, candidate.proposal, path)
      if (problem === 'wait') return this.#waitFor(block)
      if (problem !== undefined) return this.#refuse(candidate, problem)
    }
    if (candidate.state === 'valid')
      return this.#cast(this.#view, 'notarize', candidate.hash, [{ kind: 'block', block }])
    candidate.state = 'checking'
    this.#context.outbox.verify(this.#checksOf(candidate.proposal), (valid) => {
      if (this.#over) return
      if (!valid.every(Boolean)) return this.#refuse(candidate, 'a signature in it is invalid')
      candidate.state = 'valid'
      if (parentCertificate !== undefined) this.#accept(parentCertificate)
      this.#progress()
    })
  }

  #checksOf(proposal: Proposal): SignatureCheck[] {
    const { parentCertificate } = proposal
    const checks = contentChecks(this.#context, this.#keyOf(proposal.vote), proposal)
    if (parentCertificate !== undefined) checks.push(...this.#unknownChecks(parentCertificate))
    return checks
  }

  /** A leader that proposes what nobody may vote for is not waited for. */
  #refuse(candidate: Candidate, problem: string): void {
    candidate.state = 'refused'
    this.#alert(this.#keyOf(candidate.proposal.vote), `a proposal: ${problem}`)
    if (candidate.proposal.vote.view === this.#view) this.#cast(this.#view, 'nullify', NO_HASH, [])
  }

  #waitFor({ header }: Block): void {
    const atMs = header.timestampMs - this.#context.genesis.clock_drift
    if (atMs > this.#context.nowMs) this.#lookAgainMs = Math.min(this.#lookAgainMs, atMs)
  }

  // --- small things ---

  #want(hash: Hash): void {
    const missing = this.#context.chain.missing(hash)
    if (missing !== undefined) this.#context.want(missing)
  }

  /** Asks how the views since the newest final one ended, not more often than once per timeout. */
  #askViews(leader: PublicKey | undefined): void {
    const { nowMs, outbox } = this.#context
    const againMs = this.#askedViewsMs + this.#timeoutMs / 2
    if (nowMs < againMs) {
      this.#lookAgainMs = Math.min(this.#lookAgainMs, againMs)
      return
    }
    this.#askedViewsMs = nowMs
    this.#lookAgainMs = Math.min(this.#lookAgainMs, nowMs + this.#timeoutMs / 2)
    const from = this.#firstUnclear()
    const to = this.#view - 1
    outbox.send(leader ?? 'all', { kind: 'get-views', epoch: this.#epoch.set.epoch, from, to })
  }

  /** The first view that has not been nullified here after the newest final one. */
  #firstUnclear(): number {
    let number = Math.max(1, this.#views.first)
    while (number < this.#view && this.#views.isNullified(number)) number++
    return number
  }

  #hasWork(): boolean {
    const parent = this.#parent()
    const path = parent === undefined ? undefined : this.#context.chain.path(parent.hash)
    return path !== undefined && (path.length > 0 || this.#context.application.hasWork(path))
  }

  #unknownChecks(certificate: Certificate): SignatureCheck[] {
    const table = this.#views.peek(certificate.view)?.tables[certificate.kind]
    const signers = indicesOf(certificate.signers)
    return certificateChecks(certificate, this.#epoch.set, this.#context.chainId).filter(
      ({ signature }, i) => table?.knows(signers[i]!, certificate.block, signature) !== true,
    )
  }

  #knows({ kind, view }: Certificate): boolean {
    return this.#views.peek(view)?.certificates[kind] !== undefined
  }

  #isOfEpoch({ epoch, view }: { readonly epoch: number; readonly view: number }): boolean {
    return epoch === this.#epoch.set.epoch && view > 0
  }

  #isCurrent(certificate: Certificate): boolean {
    return this.#isOfEpoch(certificate) && certificate.view >= this.#views.first
  }

  #keyOf({ signer }: Vote): PublicKey {
    return this.#epoch.set.members[signer]!.publicKey
  }

  #leaderKey(): PublicKey {
    return this.#epoch.set.members[this.#epoch.schedule.leader(this.#view)]!.publicKey
  }

  #alert(from: PublicKey, what: string): void {
    this.#context.invalid(from, what)
  }
}

/** A vote of the same signer that this one contradicts. */
function earlierContradiction({ tables }: View, vote: Vote): Vote | undefined {
  for (const kind of VOTE_KINDS) {
    const earlier = tables[kind].of(vote.signer)
    if (earlier !== undefined && contradict(earlier, vote)) return earlier
  }
  return undefined
}
