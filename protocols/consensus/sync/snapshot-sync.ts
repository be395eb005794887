/**
 * How a validator that is behind what its peers still have as blocks catches up: it follows the epochs by their proofs,
 * takes over the state with which a later epoch begins, and goes on from there by blocks.
 *
 *   get-offer ──► all peers                                      what is believed
 *   ◄── offer:    proofs of epochs ─────────────────────────────► by the validators that are known: next set, tip
 *                 manifest, and a final header of the new epoch ─► the root of the state is the chain's
 *   get-chunk ──► who offers that manifest
 *   ◄── chunk ──────────────────────────────────────────────────► by its hash in the manifest
 *   all chunks ─► the state restored ───────────────────────────► by its root; parameters are read from it
 *
 * A manifest can name wrong chunks for a right root. So the one that most stake stands for is taken, and those who
 * offered one that did not restore are not listened to any more: each try costs the liars at least one of them.
 */
import type { SnapshotChunk, SnapshotOffer, SyncMessage } from '../codec/sync.ts'
import type { EpochSeed } from '../epoch.ts'
import { InvalidProofError, OtherMachinesError, SnapshotRefusedError } from '../errors.ts'
import { clampParameters, type Genesis, type Parameters } from '../genesis.ts'
import type { EpochProof, ProofCrypto } from '../light-client.ts'
import type { Snapshot, SnapshotCollector } from '../state/snapshot.ts'
import type { PublicKey, ValidatorSet } from '../types.ts'
import { Download } from './download.ts'
import { EpochTrail } from './epoch-trail.ts'
import { Offers } from './offers.ts'

/** Where offers are taken over: the ledger. */
export interface RestoringApplication {
  /** Throws SnapshotRefusedError and stays as it was where the snapshot is not what its manifest tells. */
  restore(snapshot: SnapshotCollector): void
  tuned(): Parameters | undefined
}

export interface SnapshotSyncOptions {
  readonly genesis: Genesis
  readonly crypto: ProofCrypto
  /** The validators of the epoch in which this one is: what it believes begins with these. */
  readonly known: ValidatorSet
  readonly application: RestoringApplication
  /** Bytes that a snapshot may have: whoever offers a larger one is not believed. */
  readonly maxBytes?: number
}

export type SyncEffect =
  | { readonly kind: 'send'; readonly to: PublicKey | 'all'; readonly message: SyncMessage }
  /** To be kept, so that others can follow from here. */
  | { readonly kind: 'epoch-proof'; readonly epoch: number; readonly proof: EpochProof }
  /** A peer has sent what no honest one sends; it is not listened to any more. */
  | { readonly kind: 'refused'; readonly peer: PublicKey; readonly problem: string }
  /** It can't be helped by asking others: what the honest ones have does not fit here. */
  | { readonly kind: 'failed'; readonly error: OtherMachinesError }
  /** The application has the state: a new core starts from the seed. To be kept: the seed with the snapshot. */
  | { readonly kind: 'restored'; readonly seed: EpochSeed; readonly snapshot: Snapshot }

const MAX_BYTES = 1024 * 1024 * 1024
/** Peers that are remembered; more than this there are not in a validator set. */
const MAX_PEERS = 512
/** Offers are gathered for so long, unless more than a third of the stake stands for one sooner. */
const GATHER_MS = 1_000
/** All are asked for offers again after this time without progress. */
const ASK_MS = 3_000
/** An offer of one peer that was not asked for is looked at so often. */
const OFFER_MS = 500

export class SnapshotSync {
  readonly #options: SnapshotSyncOptions
  readonly #trail: EpochTrail
  readonly #offers: Offers
  readonly #refused = new Set<PublicKey>()
  /** Those whose snapshots did not restore. */
  readonly #unfit = new Set<PublicKey>()
  #unfitProblem = ''
  /** When an offer of a peer is looked at next. */
  readonly #offerAtMs = new Map<PublicKey, number>()
  #effects: SyncEffect[] = []
  #download: Download | undefined
  #gatheredAtMs = Number.POSITIVE_INFINITY
  #askAtMs = Number.NEGATIVE_INFINITY
  #done = false

  constructor(options: SnapshotSyncOptions) {
    const { genesis, crypto, known } = options
    this.#options = options
    this.#trail = new EpochTrail(genesis, crypto, known)
    this.#offers = new Offers(crypto)
  }

  /** When a tick is needed; Infinity once it is done. */
  get dueMs(): number {
    if (this.#done) return Number.POSITIVE_INFINITY
    return Math.min(this.#askAtMs, this.#download?.dueMs ?? this.#gatheredAtMs)
  }

  get isDone(): boolean {
    return this.#done
  }

  /** A peer sent this; the link vouches for who that is. */
  message(from: PublicKey, message: SyncMessage, nowMs: number): SyncEffect[] {
    if (this.#done || this.#refused.has(from)) return []
    if (message.kind === 'snapshot-offer') this.#offer(from, message, nowMs)
    else if (message.kind === 'chunk') this.#chunk(from, message)
    this.#goOn(nowMs)
    return this.#take()
  }

  /** Asks all at the first time, and again where it does not get on. */
  tick(nowMs: number): SyncEffect[] {
    if (this.#done) return []
    this.#goOn(nowMs)
    if (nowMs >= this.#askAtMs) this.#ask(nowMs)
    return this.#take()
  }

  // --- offers ---

  #ask(nowMs: number): void {
    if (this.#isHopeless) {
      this.#done = true
      this.#effects.push({ kind: 'failed', error: new OtherMachinesError(this.#unfitProblem) })
      return
    }
    this.#askAtMs = nowMs + ASK_MS
    this.#offerAtMs.clear()
    this.#send('all', { kind: 'get-offer', epoch: this.#trail.validators.epoch })
  }

  #offer(from: PublicKey, offer: SnapshotOffer, nowMs: number): void {
    if (nowMs < (this.#offerAtMs.get(from) ?? Number.NEGATIVE_INFINITY)) return
    if (!this.#offerAtMs.has(from) && this.#offerAtMs.size >= MAX_PEERS) return
    this.#offerAtMs.set(from, nowMs + OFFER_MS)
    const id = this.#offers.idOf(offer.manifest)
    if (this.#offers.has(from, id)) return
    try {
      this.#judge(from, id, offer, nowMs)
    } catch (error) {
      if (!(error instanceof InvalidProofError)) throw error
      this.#refuse(from, error.message)
    }
  }

  #judge(from: PublicKey, id: string, offer: SnapshotOffer, nowMs: number): void {
    const known = this.#trail.validators.epoch
    this.#trail.follow(offer.proofs, (epoch, proof) => {
      this.#effects.push({ kind: 'epoch-proof', epoch, proof })
    })
    const { epoch: reached } = this.#trail.validators
    const epoch = offer.manifest.height / this.#options.genesis.epoch_length
    if (epoch > reached) {
      // The way is longer than one offer; who brings nothing new is not asked at once.
      if (reached === known) return
      this.#offerAtMs.set(from, nowMs)
      this.#askAtMs = nowMs + ASK_MS
      return this.#send(from, { kind: 'get-offer', epoch: reached })
    }
    const beginning = this.#trail.beginning(epoch)
    if (beginning === undefined) return
    this.#trail.judge(offer, epoch, beginning)
    this.#offers.add(from, { id, epoch, manifest: offer.manifest }, this.#trail.validators)
    if (this.#gatheredAtMs === Number.POSITIVE_INFINITY) this.#gatheredAtMs = nowMs + GATHER_MS
  }

  #refuse(peer: PublicKey, problem: string): void {
    if (this.#refused.size < MAX_PEERS) this.#refused.add(peer)
    this.#offers.remove(peer)
    this.#download?.forget(peer)
    this.#effects.push({ kind: 'refused', peer, problem })
  }

  // --- chunks ---

  #chunk(from: PublicKey, { height, index, bytes }: SnapshotChunk): void {
    const download = this.#download
    if (download === undefined || height !== download.offered.manifest.height) return
    if (download.add(from, index, bytes) === false)
      return this.#refuse(from, 'a chunk is not the one that was asked for')
    if (download.bytes > (this.#options.maxBytes ?? MAX_BYTES)) this.#giveUp('the snapshot is too large')
  }

  #notRestored(id: string, problem: string): void {
    for (const peer of this.#offers.peersOf(id)) this.#unfit.add(peer)
    this.#unfitProblem = problem
    this.#giveUp(problem)
  }

  /** Somebody honest is among those whose offers did not restore, and nobody else offers anything. */
  get #isHopeless(): boolean {
    const { members, totalStake } = this.#trail.validators
    const unfit = members.filter(({ publicKey }) => this.#unfit.has(publicKey))
    const stake = unfit.reduce((sum, member) => sum + member.stake, 0)
    return 3 * stake > totalStake && this.#offers.best(this.#trail.validators) === undefined
  }

  /** Whoever offers this has lied, or has nothing that can be used here. */
  #giveUp(problem: string): void {
    const { id } = this.#download!.offered
    this.#download = undefined
    for (const peer of this.#offers.peersOf(id)) this.#refuse(peer, problem)
  }

  #goOn(nowMs: number): void {
    this.#dropSilent()
    this.#choose(nowMs)
    const download = this.#download
    if (download === undefined) return
    if (download.isWhole) return this.#restore(download)
    for (const { to, message } of download.next(this.#offers.peersOf(download.offered.id), nowMs)) {
      this.#askAtMs = nowMs + ASK_MS
      this.#send(to, message)
    }
  }

  /** Those who do not answer may offer again. */
  #dropSilent(): void {
    const download = this.#download
    if (download === undefined) return
    for (const peer of this.#offers.peersOf(download.offered.id))
      if (download.hasGone(peer)) this.#offers.remove(peer)
    if (this.#offers.peersOf(download.offered.id).length === 0) this.#download = undefined
  }

  /** What somebody honest vouches for is taken in place of anything else. */
  #choose(nowMs: number): void {
    const best = this.#offers.best(this.#trail.validators)
    if (best === undefined) this.#gatheredAtMs = Number.POSITIVE_INFINITY
    if (best === undefined || (!best.isVouchedFor && nowMs < this.#gatheredAtMs)) return
    const { id } = this.#download?.offered ?? {}
    if (id === best.offered.id || (id !== undefined && !best.isVouchedFor)) return
    if (id !== undefined && this.#offers.isVouchedFor(id, this.#trail.validators)) return
    this.#download = new Download(best.offered, this.#options.crypto)
  }

  #restore({ collector, offered }: Download): void {
    const { application, genesis } = this.#options
    try {
      application.restore(collector)
    } catch (error) {
      if (!(error instanceof SnapshotRefusedError)) throw error
      return this.#notRestored(offered.id, error.message)
    }
    const { set, tip } = this.#trail.beginning(offered.epoch)!
    const tuned = application.tuned()
    const seed: EpochSeed = {
      set,
      parameters: tuned === undefined ? genesis.parameters : clampParameters(tuned, genesis.bounds),
      tip,
      // Blocks that may still come descend from the one whose header shows this, so they show none that is older.
      roots: [{ height: offered.manifest.height, root: offered.manifest.stateRoot }],
    }
    this.#done = true
    this.#effects.push({ kind: 'restored', seed, snapshot: collector.whole() })
  }

  #send(to: PublicKey | 'all', message: SyncMessage): void {
    this.#effects.push({ kind: 'send', to, message })
  }

  #take(): SyncEffect[] {
    const effects = this.#effects
    this.#effects = []
    return effects
  }
}
