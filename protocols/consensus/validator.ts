/**
 * One validator: consensus over the blocks of all epochs, and catching up where it is behind.
 *
 *   message, signed, persisted, verified, work, tick ──► step(event, now) ──► send, sign, persist, verify,
 *                                                                            committed, serve, epoch, ...
 *
 * It has no clock, no key and no disk: whoever drives it takes each effect in its order and brings back the answers.
 * Where to read on:
 *
 *   simplex/                             how one epoch's validators agree on a block
 *   validator/commits, missing-blocks    final blocks are executed, once they are here
 *   validator/catch-up                   a validator that was away gets them from others
 *   validator/early-messages             what is said in an epoch before it begins here
 *   validator/recollection               what was said before a crash
 *   validator/accusations, watch         proof of faults, and signs of them
 */
import { Chain } from './chain.ts'
import { Epoch, type EpochSeed, type Tip } from './epoch.ts'
import type { ConsensusEffect, ConsensusEvent, VoteRecord } from './events.ts'
import type { Genesis } from './genesis.ts'
import type { CertifiedBlocks, Message } from './messages.ts'
import { Outbox } from './outbox.ts'
import type { Context } from './simplex/context.ts'
import { Simplex } from './simplex/simplex.ts'
import type { Application, Certificate, Crypto, Hash, PublicKey } from './types.ts'
import { Accusations } from './validator/accusations.ts'
import { CatchUp } from './validator/catch-up.ts'
import { Commits } from './validator/commits.ts'
import { EarlyMessages } from './validator/early-messages.ts'
import { MissingBlocks } from './validator/missing-blocks.ts'
import { Recollection } from './validator/recollection.ts'
import type { Running } from './validator/running.ts'
import { Watch } from './validator/watch.ts'

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

export class Validator {
  readonly #context: Context
  readonly #running: Running
  readonly #recollection: Recollection
  readonly #early = new EarlyMessages()
  readonly #watch: Watch
  readonly #missing: MissingBlocks
  readonly #commits: Commits
  readonly #catchUp: CatchUp
  readonly #accusations: Accusations
  /** Of the newest block that was replayed, unless its epoch ended with it. */
  #replayed: Certificate | undefined
  #started = false
  /** An epoch begins with the next step, so that nothing is executed before its effects have been taken. */
  #begins = false

  constructor(options: ValidatorOptions) {
    const context = this.#newContext(options)
    const epoch = new Epoch(options.seed, options.genesis, options.crypto)
    const running = { epoch, simplex: new Simplex(context, epoch) }
    this.#context = context
    this.#running = running
    this.#recollection = new Recollection(options.records ?? [])
    this.#watch = new Watch(context)
    this.#missing = new MissingBlocks(context, running, () => this.#blockArrived())
    const parts = { missing: this.#missing, watch: this.#watch }
    this.#commits = new Commits(context, running, parts, () => this.#nextEpoch())
    this.#catchUp = new CatchUp(context, running, this.#commits)
    this.#accusations = new Accusations(context, running)
  }

  get height(): number {
    return this.#context.chain.final.height
  }

  /** The newest final block. */
  get tip(): Tip {
    return this.#context.chain.final
  }

  get view(): number {
    return this.#running.simplex.view
  }

  get epoch(): Epoch {
    return this.#running.epoch
  }

  /** When a tick is needed; Infinity before the start. */
  get dueMs(): number {
    if (!this.#started) return Number.POSITIVE_INFINITY
    if (this.#begins) return this.#context.nowMs
    return Math.min(this.#running.simplex.dueMs, this.#watch.dueMs, this.#missing.dueMs)
  }

  /** Before the start, in order: final blocks since the seed, which are executed anew. */
  replay({ blocks, certificate }: CertifiedBlocks): void {
    for (const block of blocks) this.#commits.apply(block, this.#context.chain.hash(block))
    this.#replayed = certificate
    if (!this.#commits.isOver) return
    this.#replaceEpoch()
    this.#replayed = undefined
  }

  /** Once, before any step. */
  start(nowMs: number): ConsensusEffect[] {
    this.#context.nowMs = nowMs
    this.#started = true
    if (this.#replayed !== undefined) this.#running.simplex.pruneTo(this.#replayed.view)
    this.#beginEpoch(this.#replayed)
    this.#running.simplex.viewSync.tellStatus('all')
    return this.#context.outbox.take()
  }

  step(event: ConsensusEvent, nowMs: number): ConsensusEffect[] {
    const { outbox } = this.#context
    this.#context.nowMs = Math.max(this.#context.nowMs, nowMs)
    if (this.#begins) this.#goOn()
    switch (event.kind) {
      case 'message':
        this.#message(event.from, event.message)
        break
      case 'signed':
        outbox.signed(event.token, event.signature)
        break
      case 'persisted':
        outbox.persisted(event.token)
        break
      case 'verified':
        outbox.verified(event.token, event.valid)
        break
      case 'work':
        this.#watch.work()
        this.#running.simplex.tick()
        break
      case 'tick':
        this.#watch.tick()
        this.#missing.ask()
        this.#running.simplex.tick()
    }
    return outbox.take()
  }

  // --- messages ---

  #message(from: PublicKey, message: Message): void {
    this.#watch.heard(from)
    const epoch = epochOf(message)
    if (epoch !== undefined && epoch !== this.epoch.set.epoch) return this.#ofOtherEpoch(from, message, epoch)
    const { simplex } = this.#running
    switch (message.kind) {
      case 'proposal':
        return simplex.proposal(from, message)
      case 'vote':
        this.#watch.voted(from, message.vote, simplex.view)
        return simplex.vote(from, message.vote)
      case 'certificate':
        return simplex.certificate(from, message.certificate)
      case 'get-views':
        return simplex.viewSync.show(from, message.from, message.to)
      case 'evidence':
        return this.#accusations.receive(from, message.evidence)
      case 'get-block':
        return this.#missing.give(from, message.hash)
      case 'block':
        return this.#missing.receive(message.block)
      case 'status':
        return this.#catchUp.status(from, message)
      case 'get-chain':
        return this.#catchUp.serve(from, message.height)
      case 'chain':
        return this.#catchUp.receive(from, message)
    }
  }

  /** Of the next one, what comes early waits; who is behind learns where the others are. */
  #ofOtherEpoch(from: PublicKey, message: Message, epoch: number): void {
    const { set } = this.epoch
    if (epoch < set.epoch) {
      if (message.kind === 'status' || message.kind === 'vote')
        this.#running.simplex.viewSync.tellStatus(from)
      return
    }
    if (message.kind === 'status') return this.#catchUp.status(from, message)
    if (epoch > set.epoch + 1 || !this.#early.hold(from, message, set.members.length)) this.#catchUp.ask(from)
  }

  #blockArrived(): void {
    this.#commits.goOn()
    this.#running.simplex.tick()
  }

  // --- epochs ---

  #nextEpoch(): void {
    this.#replaceEpoch()
    this.#context.outbox.push({ kind: 'epoch', seed: this.epoch.seed })
    this.#begins = true
  }

  #goOn(): void {
    this.#begins = false
    this.#beginEpoch(undefined)
    for (const { from, message } of this.#early.take()) this.#message(from, message)
  }

  /** The set that the last block names takes over. */
  #replaceEpoch(): void {
    const running = this.#running
    const { chain, genesis, crypto } = this.#context
    running.simplex.end()
    const seed = { ...running.epoch.next!, tip: chain.final, roots: chain.roots }
    running.epoch = new Epoch(seed, genesis, crypto)
    running.simplex = new Simplex(this.#context, running.epoch)
    this.#missing.clear()
    this.#commits.clear()
    this.#context.accused.clear()
  }

  /** Goes on with what was said in the epoch before a crash; `certificate` is of the newest block that was replayed. */
  #beginEpoch(certificate: Certificate | undefined): void {
    const { chain } = this.#context
    const { epoch, members } = this.epoch.set
    this.#watch.expect(members.map(({ publicKey }) => publicKey))
    const records = this.#recollection.from(epoch)
    for (const record of records)
      if (record.kind === 'block') chain.add(record.block, chain.hash(record.block))
    this.#running.simplex.start(certificate, records, this.#recollection.firstView(epoch))
  }

  #newContext({ self, genesis, chainId, crypto, application, seed }: ValidatorOptions): Context {
    const rootsKept = genesis.bounds.pipeline_depth[1] + 1
    return {
      self,
      genesis,
      chainId,
      crypto,
      application,
      chain: new Chain(seed, rootsKept, application, crypto),
      outbox: new Outbox(),
      nowMs: 0,
      halted: false,
      accused: new Set(),
      accuse: (evidence) => this.#accusations.found(evidence),
      finalized: (certificate) => this.#commits.finalized(certificate),
      want: (hash) => this.#missing.want(hash),
      invalid: (from, what) => this.#watch.invalid(from, what),
    }
  }
}

/** Undefined where the message is of no epoch. */
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
