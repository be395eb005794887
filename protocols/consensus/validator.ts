/**
 * One validator: consensus over the blocks of all epochs, and catching up where it is behind.
 *
 *   message, signed, persisted, verified, work, tick ──► step(event, now) ──► send, sign, persist, verify,
 *                                                                            committed, serve, epoch, ...
 *
 * It has no clock, no key and no disk: whoever drives it takes each effect in its order and brings back the answers.
 */

import { Anomalies } from './anomaly.ts'
import { certificateChecks, certificateProblem } from './certificate.ts'
import { Chain } from './chain.ts'
import { Epoch, type EpochSeed, type Tip } from './epoch.ts'
import type { ConsensusEffect, ConsensusEvent, VoteRecord } from './events.ts'
import { evidenceChecks, evidenceProblem } from './evidence.ts'
import type { Genesis } from './genesis.ts'
import type { CertifiedBlocks, Message, Status } from './messages.ts'
import { Outbox } from './outbox.ts'
import type { Context } from './simplex/context.ts'
import { Simplex } from './simplex/simplex.ts'
import type { Application, Block, Certificate, Crypto, Evidence, Hash, PublicKey, Vote } from './types.ts'
import { memberIndex } from './validator-set.ts'

export interface ValidatorOptions {
  readonly self: PublicKey
  readonly genesis: Genesis
  readonly chainId: Hash
  readonly crypto: Crypto
  /** Its state is the one with which the epoch of `seed` begins. */
  readonly application: Application
  /** `genesisSeed`, or that of the newest snapshot. */
  readonly seed: EpochSeed
  /** All that was persisted since the newest final block that is replayed, or more. */
  readonly records?: readonly VoteRecord[]
}

/** Messages of one peer that are of the next epoch and wait for it; all together as many as if each member sent so many. */
const EARLY_PER_PEER = 16
/** Silence for so many times `finality_time` is told of. */
const SILENT_PERIODS = 3
/** A lost answer is asked for again after this time. */
const RETRY_MS = 400

export class Validator {
  readonly #options: ValidatorOptions
  readonly #context: Context
  readonly #outbox = new Outbox()
  #epoch: Epoch
  #simplex: Simplex
  #early: { readonly from: PublicKey; readonly message: Message }[] = []
  readonly #anomalies: Anomalies
  readonly #wanted = new Map<Hash, { next: number; dueMs: number }>()
  /** The newest finalization whose block is not here yet. */
  #pending: Certificate | undefined
  #askedChainMs = Number.NEGATIVE_INFINITY
  #lateAtMs = Number.POSITIVE_INFINITY
  #finalAtMs = 0
  /** Of the newest block that was replayed, unless its epoch ended with it. */
  #replayed: Certificate | undefined
  /** Of this epoch and later ones. */
  #records: readonly VoteRecord[] = []
  /** The oldest vote that is remembered: those before it were forgotten when their blocks were stored. */
  #oldestVote: Pick<Vote, 'epoch' | 'view'> | undefined
  #started = false

  constructor(options: ValidatorOptions) {
    const { self, genesis, chainId, crypto, application, seed } = options
    this.#options = options
    // All speak at least once in `block_time`, and views take longer where somebody is missing.
    this.#anomalies = new Anomalies(SILENT_PERIODS * genesis.finality_time)
    const rootsKept = genesis.bounds.pipeline_depth[1] + 1
    this.#context = {
      self,
      genesis,
      chainId,
      crypto,
      application,
      chain: new Chain(seed, rootsKept, application, crypto),
      outbox: this.#outbox,
      nowMs: 0,
      halted: false,
      accused: new Set(),
      accuse: (evidence) => {
        if (this.#accuse(evidence)) this.#outbox.send('all', { kind: 'evidence', evidence })
      },
      finalized: (certificate) => this.#finalized(certificate),
      want: (hash) => this.#want(hash),
      invalid: (from, what) => this.#invalid(from, what),
    }
    this.#epoch = new Epoch(seed, genesis, crypto)
    this.#simplex = new Simplex(this.#context, this.#epoch)
  }

  get height(): number {
    return this.#context.chain.final.height
  }

  /** The newest final block. */
  get tip(): Tip {
    return this.#context.chain.final
  }

  get view(): number {
    return this.#simplex.view
  }

  get epoch(): Epoch {
    return this.#epoch
  }

  /** When a tick is needed; Infinity before the start. */
  get dueMs(): number {
    if (!this.#started) return Number.POSITIVE_INFINITY
    let due = Math.min(this.#simplex.dueMs, this.#lateAtMs)
    for (const { dueMs } of this.#wanted.values()) due = Math.min(due, dueMs)
    return due
  }

  /** Before the start, in order: final blocks since the seed, which are executed anew. */
  replay({ blocks, certificate }: CertifiedBlocks): void {
    for (const block of blocks) this.#apply(block, this.#context.chain.hash(block))
    this.#replayed = certificate
    if (!this.#isOver()) return
    this.#beginNext()
    this.#replayed = undefined
  }

  /** Once, before any step. */
  start(nowMs: number): ConsensusEffect[] {
    this.#context.nowMs = nowMs
    this.#finalAtMs = nowMs
    const certificate = this.#replayed
    this.#records = this.#options.records ?? []
    this.#oldestVote = oldestVoteOf(this.#records)
    if (certificate !== undefined) this.#simplex.pruneTo(certificate.view)
    this.#started = true
    this.#expect()
    this.#goOn(certificate)
    this.#simplex.viewSync.tellStatus('all')
    return this.#outbox.take()
  }

  step(event: ConsensusEvent, nowMs: number): ConsensusEffect[] {
    this.#context.nowMs = Math.max(this.#context.nowMs, nowMs)
    switch (event.kind) {
      case 'message':
        this.#message(event.from, event.message)
        break
      case 'signed':
        this.#outbox.signed(event.token, event.signature)
        break
      case 'persisted':
        this.#outbox.persisted(event.token)
        break
      case 'verified':
        this.#outbox.verified(event.token, event.valid)
        break
      case 'work':
        this.#watchFinality()
        this.#simplex.tick()
        break
      case 'tick':
        this.#tick()
    }
    return this.#outbox.take()
  }

  #message(from: PublicKey, message: Message): void {
    this.#anomalies.heard(from, this.#context.nowMs)
    const epoch = epochOf(message)
    if (epoch !== undefined && epoch !== this.#epoch.set.epoch)
      return this.#ofOtherEpoch(from, message, epoch)
    switch (message.kind) {
      case 'proposal':
        return this.#simplex.proposal(from, message)
      case 'vote':
        this.#timeVote(from, message.vote)
        return this.#simplex.vote(from, message.vote)
      case 'certificate':
        return this.#simplex.certificate(from, message.certificate)
      case 'evidence':
        return this.#evidence(from, message.evidence)
      case 'status':
        return this.#status(from, message)
      case 'get-views':
        return this.#simplex.viewSync.show(from, message.from, message.to)
      case 'get-block':
        return this.#giveBlock(from, message.hash)
      case 'block':
        return this.#block(message.block)
      case 'get-chain':
        if (message.height <= this.height)
          this.#outbox.push({ kind: 'serve', to: from, height: message.height })
        return
      case 'chain':
        return this.#chain(from, message)
    }
  }

  /** Of the next one, what comes early waits; who is behind learns where the others are. */
  #ofOtherEpoch(from: PublicKey, message: Message, epoch: number): void {
    if (epoch < this.#epoch.set.epoch) {
      if (message.kind === 'status' || message.kind === 'vote') this.#simplex.viewSync.tellStatus(from)
      return
    }
    if (message.kind === 'status') return this.#status(from, message)
    if (epoch === this.#epoch.set.epoch + 1 && this.#hasRoomFor(from)) this.#early.push({ from, message })
    else this.#askChain(from)
  }

  /** Nobody takes the room of others. */
  #hasRoomFor(peer: PublicKey): boolean {
    if (this.#early.length >= EARLY_PER_PEER * this.#epoch.set.members.length) return false
    return this.#early.filter(({ from }) => from === peer).length < EARLY_PER_PEER
  }

  #status(from: PublicKey, { epoch, view, height }: Status): void {
    if (height > this.height) return this.#askChain(from)
    const isBehind = height < this.height || (epoch === this.#epoch.set.epoch && view < this.#simplex.view)
    if (!isBehind) return
    this.#simplex.viewSync.tellStatus(from)
    if (epoch !== this.#epoch.set.epoch) return
    const certificate = this.#simplex.viewSync.entry
    if (certificate !== undefined) this.#outbox.send(from, { kind: 'certificate', certificate })
  }

  #evidence(from: PublicKey, evidence: Evidence): void {
    if (this.#context.accused.has(evidence.offender)) return
    const problem = evidenceProblem(evidence)
    if (problem !== undefined || memberIndex(this.#epoch.set, evidence.offender) < 0) return
    this.#outbox.verify(evidenceChecks(evidence, this.#context.chainId), (valid) => {
      if (valid.every(Boolean)) this.#accuse(evidence)
      else this.#invalid(from, 'evidence with an invalid signature')
    })
  }

  /** False where there was proof already. */
  #accuse(evidence: Evidence): boolean {
    if (this.#context.accused.has(evidence.offender)) return false
    this.#context.accused.add(evidence.offender)
    this.#context.application.accuse(evidence)
    this.#outbox.push({ kind: 'accused', evidence })
    return true
  }

  // --- blocks that are not here ---

  #want(hash: Hash): void {
    if (this.#wanted.has(hash)) return
    this.#wanted.set(hash, { next: 0, dueMs: 0 })
    this.#askBlocks()
  }

  /** Each time another member is asked. */
  #askBlocks(): void {
    const { members } = this.#epoch.set
    for (const [hash, want] of this.#wanted) {
      if (want.dueMs > this.#context.nowMs) continue
      want.dueMs = this.#context.nowMs + RETRY_MS
      const start = Number.parseInt(hash.slice(0, 6), 16)
      let peer = members[(start + want.next++) % members.length]!.publicKey
      if (peer === this.#context.self) peer = members[(start + want.next++) % members.length]!.publicKey
      this.#outbox.send(peer, { kind: 'get-block', hash })
    }
  }

  #giveBlock(to: PublicKey, hash: Hash): void {
    const block = this.#context.chain.get(hash)
    if (block !== undefined) this.#outbox.send(to, { kind: 'block', block })
    else this.#simplex.viewSync.tellStatus(to)
  }

  /** A wanted block is certified, so that its hash is all there is to check. */
  #block(block: Block): void {
    const { chain } = this.#context
    const hash = chain.hash(block)
    if (!this.#wanted.has(hash) || !chain.isWhole(block)) return
    this.#wanted.delete(hash)
    chain.add(block, hash)
    const missing = chain.missing(hash)
    if (missing !== undefined) this.#want(missing)
    this.#commitPending()
    this.#simplex.tick()
  }

  // --- final blocks ---

  #finalized(certificate: Certificate): void {
    if (certificate.epoch !== this.#epoch.set.epoch) return
    const path = this.#context.chain.path(certificate.block)
    if (path !== undefined) return this.#commitPath(path, certificate)
    if (this.#pending === undefined || certificate.view > this.#pending.view) this.#pending = certificate
    const missing = this.#context.chain.missing(certificate.block)
    if (missing !== undefined) this.#want(missing)
  }

  /** Commits up to the newest finalization, where its blocks have come. */
  #commitPending(): void {
    const certificate = this.#pending
    this.#pending = undefined
    if (certificate !== undefined) this.#finalized(certificate)
  }

  #commitPath(path: readonly Block[], certificate: Certificate): void {
    const { chain } = this.#context
    for (const block of path) this.#apply(block, chain.hash(block))
    this.#simplex.pruneTo(certificate.view)
    if (path.length === 0) return
    this.#finalAtMs = this.#context.nowMs
    this.#lateAtMs = Number.POSITIVE_INFINITY
    chain.prune()
    for (const hash of this.#wanted.keys()) if (chain.get(hash) !== undefined) this.#wanted.delete(hash)
    this.#outbox.push({ kind: 'committed', blocks: path, certificate })
    this.#watchFinality()
    if (this.#isOver()) this.#nextEpoch()
    else this.#commitPending()
  }

  #apply(block: Block, hash: Hash): void {
    const { chain, application } = this.#context
    if (!chain.commit(block, hash) && !this.#context.halted) {
      this.#context.halted = true
      this.#outbox.push({ kind: 'alert', alert: { kind: 'diverged', height: block.header.height } })
    }
    this.#epoch.count(block, application)
  }

  #isOver(): boolean {
    return this.height === this.#epoch.last
  }

  #beginNext(): void {
    const { set, parameters } = this.#epoch.next!
    const { chain, genesis, crypto } = this.#context
    this.#simplex.end()
    const seed = { set, parameters, tip: chain.final, roots: chain.roots }
    this.#epoch = new Epoch(seed, genesis, crypto)
    this.#simplex = new Simplex(this.#context, this.#epoch)
    this.#wanted.clear()
    this.#context.accused.clear()
    this.#pending = undefined
  }

  #nextEpoch(): void {
    this.#beginNext()
    this.#outbox.push({ kind: 'epoch', seed: this.#epoch.seed })
    this.#expect()
    this.#goOn(undefined)
    const early = this.#early
    this.#early = []
    for (const { from, message } of early) this.#message(from, message)
  }

  /**
   * Begins the epoch with what was said in it before a crash. The blocks that are replayed may end before votes that are
   * durable, so that a record is of an epoch that has yet to begin here.
   */
  #goOn(certificate: Certificate | undefined): void {
    const { epoch } = this.#epoch.set
    this.#records = this.#records.filter((record) => epochOfRecord(record) >= epoch)
    for (const record of this.#records)
      if (record.kind === 'block')
        this.#context.chain.add(record.block, this.#context.chain.hash(record.block))
    this.#simplex.start(certificate, this.#records, this.#remembered())
  }

  /**
   * Where the stored blocks were lost, it passes through views whose votes it has forgotten: it could contradict them,
   * and so is silent there until others have brought it beyond.
   */
  #remembered(): number {
    const { epoch } = this.#epoch.set
    if (this.#oldestVote === undefined || this.#oldestVote.epoch < epoch) return 0
    return this.#oldestVote.epoch > epoch ? Number.POSITIVE_INFINITY : this.#oldestVote.view
  }

  // --- catching up ---

  #askChain(from: PublicKey): void {
    if (this.#context.nowMs < this.#askedChainMs + RETRY_MS / 4) return
    this.#askedChainMs = this.#context.nowMs
    this.#outbox.send(from, { kind: 'get-chain', height: this.height + 1 })
  }

  #chain(from: PublicKey, { blocks, certificate }: CertifiedBlocks): void {
    const { chain, chainId } = this.#context
    const news = blocks.filter(({ header }) => header.height > this.height)
    const last = news.at(-1)
    if (last === undefined || certificate.kind !== 'finalize') return
    if (chain.hash(last) !== certificate.block || certificateProblem(certificate, this.#epoch.set)) return
    if (!news.every((block) => chain.isWhole(block))) return
    this.#outbox.verify(certificateChecks(certificate, this.#epoch.set, chainId), (valid) => {
      if (!valid.every(Boolean) || certificate.epoch !== this.#epoch.set.epoch) return
      for (const block of news) chain.add(block, chain.hash(block))
      const before = this.height
      this.#simplex.accept(certificate)
      // Known before its blocks were here, it has not been taken in anew.
      this.#finalized(certificate)
      this.#simplex.tick()
      if (this.height === before) return
      // There may be more.
      this.#askedChainMs = Number.NEGATIVE_INFINITY
      this.#simplex.viewSync.tellStatus(from)
    })
  }

  // --- time ---

  #timeVote(from: PublicKey, { kind, view }: Vote): void {
    if (kind !== 'notarize' || view > this.#simplex.view + 1) return
    const alert = this.#anomalies.voted(from, view, this.#context.nowMs)
    if (alert !== undefined) this.#outbox.push({ kind: 'alert', alert })
  }

  #invalid(from: PublicKey, what: string): void {
    const alert = this.#anomalies.invalid(from, what, this.#context.nowMs)
    if (alert !== undefined) this.#outbox.push({ kind: 'alert', alert })
  }

  /** The others of the epoch. */
  #expect(): void {
    const keys = this.#epoch.set.members.map(({ publicKey }) => publicKey)
    this.#anomalies.expect(
      keys.filter((key) => key !== this.#context.self),
      this.#context.nowMs,
    )
  }

  #tick(): void {
    for (const alert of this.#anomalies.silent(this.#context.nowMs))
      this.#outbox.push({ kind: 'alert', alert })
    this.#askBlocks()
    if (this.#context.nowMs >= this.#lateAtMs) {
      const sinceMs = this.#context.nowMs - this.#finalAtMs
      this.#lateAtMs = this.#context.nowMs + this.#context.genesis.finality_time
      this.#outbox.push({ kind: 'alert', alert: { kind: 'finality-late', sinceMs } })
    }
    this.#simplex.tick()
  }

  /** Counts the time from when there is work. */
  #watchFinality(): void {
    if (this.#lateAtMs !== Number.POSITIVE_INFINITY || !this.#context.application.hasWork([])) return
    this.#finalAtMs = this.#context.nowMs
    this.#lateAtMs = this.#context.nowMs + this.#context.genesis.finality_time
  }
}

function epochOfRecord(record: VoteRecord): number {
  switch (record.kind) {
    case 'vote':
      return record.vote.epoch
    case 'certificate':
      return record.certificate.epoch
    case 'block':
      return record.block.header.epoch
  }
}

function epochOf(message: Message): number | undefined {
  switch (message.kind) {
    case 'proposal':
    case 'vote':
      return message.vote.epoch
    case 'certificate':
      return message.certificate.epoch
    case 'status':
    case 'get-views':
      return message.epoch
    default:
      return undefined
  }
}

function oldestVoteOf(records: readonly VoteRecord[]): Vote | undefined {
  let oldest: Vote | undefined
  for (const record of records) {
    if (record.kind !== 'vote') continue
    const { epoch, view } = record.vote
    if (oldest === undefined || epoch < oldest.epoch || (epoch === oldest.epoch && view < oldest.view))
      oldest = record.vote
  }
  return oldest
}
