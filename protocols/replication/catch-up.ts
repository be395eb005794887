/**
 * Catching up with one peer, in rounds of the sync protocol.
 *
 *   A  sync 1, my heads and what I have ────────►  B
 *   A  ◄──────────────── sync 1, what A lacks      B   from here on B broadcasts to A
 *   A  sync 1, what B lacks, or an equal digest ►  B   from here on A broadcasts to B
 *
 * Either side begins a round, with a number greater than the last, whenever something may be missing: after
 * a loss, a change whose dependencies are not there, or a time without credit. The other side joins the
 * greater number. Each round has a sync state of its own, since one that missed a message may never speak
 * again, and the answer of another round is ignored.
 */
import type { Received, ReplicaDocument } from './document.ts'
import type { ReplicationLimits } from './limits.ts'
import type { BodyOf, MessageOf } from './messages.ts'

export class CatchUp {
  /** Broadcasts go to the peer: all that it lacked has been sent to it. */
  live = false
  /** The peer's message awaits an answer, which may have to wait for credit. */
  replyDue = false

  readonly #document: ReplicaDocument
  readonly #limits: ReplicationLimits
  #round = 0
  #sync: unknown
  #theirHeads: readonly string[] = []
  #answered = false
  /** Answers in this round since something new came. */
  #fruitless = 0
  #spoiled = false
  #asked = false
  #dueMs = Number.POSITIVE_INFINITY
  #startedMs = Number.NEGATIVE_INFINITY
  /** Rounds in a row that have not ended with both sides level or brought anything. */
  #barren = 0

  constructor(document: ReplicaDocument, limits: ReplicationLimits) {
    this.#document = document
    this.#limits = limits
  }

  /** When to begin the next round; Infinity where nothing is known to be missing. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** The peer is known to have changes that are not here. */
  get lacks(): boolean {
    return this.#theirHeads.some((hash) => !this.#document.has(hash))
  }

  /** Asks for a round, not too soon after the last one. */
  want(nowMs: number): void {
    const { roundPauseMs, roundPauseMaxMs } = this.#limits
    const pause = Math.min(roundPauseMs * 2 ** Math.min(this.#barren, 30), roundPauseMaxMs)
    this.#dueMs = Math.min(this.#dueMs, Math.max(nowMs, this.#startedMs + pause))
  }

  /** A message of the peer is lost. If it was one of this round, the peer will not say again what was in it. */
  missed(nowMs: number): void {
    this.#spoiled = true
    this.want(nowMs)
  }

  /** What was sent may be lost: nothing is broadcast until a round has made up for it, which begins at once. */
  lost(nowMs: number): void {
    this.live = false
    this.#dueMs = nowMs
  }

  /** Begins a round. */
  start(nowMs: number): BodyOf<'sync'> | undefined {
    this.#enter(this.#round + 1, nowMs)
    this.#barren++
    return this.#next()
  }

  /**
   * Takes a message of this round, or of one that the peer has begun. One of an earlier round shows that the
   * peer may not know of this one, so there will be another; there is nothing to be received then.
   */
  receive(message: MessageOf<'sync'>, nowMs: number): Received | undefined {
    if (message.round < this.#round) {
      this.want(nowMs)
      return undefined
    }
    if (message.round > this.#round) this.#enter(message.round, nowMs)
    const received = this.#document.receiveSync(this.#sync, message.data)
    this.#theirHeads = message.heads
    if (received.applied.length > 0) {
      this.#barren = 0
      this.#fruitless = 0
    }
    // A document may drop what has to wait, and the peer would not send it again in this round.
    if (received.missing.length > 0) this.#spoiled = true
    this.#goOn(message.lacks, nowMs)
    return received
  }

  /** Whether to answer, leave it at that, or begin again. */
  #goOn(theyLack: boolean, nowMs: number): void {
    const unfinished = theyLack || this.lacks
    const vain = this.#spoiled || this.#fruitless >= this.#limits.fruitlessMessages
    if (!this.#answered || (unfinished && !vain)) this.replyDue = true
    if (!unfinished) this.#barren = 0
    if (unfinished && vain) this.want(nowMs)
    // The exchange goes on to where both are level, which another round could not do better.
    else if (this.live || this.replyDue) this.#dueMs = Number.POSITIVE_INFINITY
  }

  /** The answer to what was received; undefined where the sync protocol has nothing to say, as both are level. */
  reply(): BodyOf<'sync'> | undefined {
    this.replyDue = false
    this.#answered = true
    this.live = true
    this.#fruitless++
    return this.#next()
  }

  /** The peer has told its heads. */
  told(heads: readonly string[], equal: boolean): void {
    this.#theirHeads = heads
    if (!equal) return
    this.live = true
    this.#barren = 0
    this.#dueMs = Number.POSITIVE_INFINITY
  }

  /** The peer is asked for changes by their hashes. */
  asked(): void {
    this.#asked = true
    this.#fruitless++
  }

  /**
   * The peer sent changes, of which some were new, and some may have to wait for what is missing.
   *
   * @returns whether to ask on. The sync protocol leaves out, by chance and each time again, a few changes
   * that the peer has; what they depend on may be among them, so asking leads back to one that can be applied.
   */
  brought(applied: boolean, missing: boolean, nowMs: number): boolean {
    if (applied) {
      this.#barren = 0
      this.#fruitless = 0
    }
    if (this.#asked && missing && this.#fruitless < this.#limits.fruitlessMessages) return true
    if (missing || (this.#asked && this.lacks)) this.want(nowMs)
    this.#asked = false
    return false
  }

  /** The peer begins anew, and knows of no round. Only then may numbers be used again. */
  reset(): void {
    this.#round = 0
    this.#sync = undefined
    this.#theirHeads = []
    this.#barren = 0
    this.#startedMs = Number.NEGATIVE_INFINITY
    this.live = false
    this.replyDue = false
  }

  #enter(round: number, nowMs: number): void {
    this.#round = round
    this.#startedMs = nowMs
    this.#sync = this.#document.newSync(this.#sync)
    this.#answered = false
    this.#fruitless = 0
    this.#spoiled = false
    this.#asked = false
    this.replyDue = false
    this.#dueMs = Number.POSITIVE_INFINITY
  }

  #next(): BodyOf<'sync'> | undefined {
    const data = this.#document.generateSync(this.#sync)
    if (data === null) return undefined
    const heads = this.#document.heads().slice(0, this.#limits.listedHashes)
    return { kind: 'sync', round: this.#round, data, heads, lacks: this.lacks }
  }
}
