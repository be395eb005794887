/** One peer of a replica: its session, its credit, what has arrived from it, and how far it has caught up. */
import { AntiEntropy } from './anti-entropy.ts'
import { Arrivals } from './arrivals.ts'
import { CatchUp } from './catch-up.ts'
import { Credit } from './credit.ts'
import type { ReplicaDocument } from './document.ts'
import type { ReplicationLimits } from './limits.ts'
import { type Body, isCounted, type Message, REPLICATION_VERSION, sizeOf } from './messages.ts'

export interface PeerOptions {
  readonly id: string
  readonly session: number
  readonly document: string
  readonly replica: ReplicaDocument
  readonly limits: ReplicationLimits
  readonly random: () => number
}

export class Peer {
  readonly id: string
  readonly credit: Credit
  readonly arrivals: Arrivals
  readonly antiEntropy: AntiEntropy
  readonly catchUp: CatchUp
  /** Nothing is said to it, or heard from it. */
  refused = false
  /** It has been told of which changes this replica wants to hear that they are stored, since it is level. */
  wantsTold = false
  readonly #session: number
  readonly #document: string
  #theirSession = 0

  constructor({ id, session, document, replica, limits, random }: PeerOptions, nowMs: number) {
    this.id = id
    this.#session = session
    this.#document = document
    this.credit = new Credit(limits)
    this.arrivals = new Arrivals(limits)
    this.antiEntropy = new AntiEntropy(limits, random, nowMs)
    this.catchUp = new CatchUp(replica, limits)
    this.catchUp.want(nowMs)
  }

  /** When something is due with this peer, Infinity where nothing is. */
  get dueMs(): number {
    if (this.refused) return Number.POSITIVE_INFINITY
    return Math.min(
      this.credit.timeoutAtMs,
      this.arrivals.ackDueMs,
      this.credit.ample ? this.catchUp.dueMs : Number.POSITIVE_INFINITY,
      this.credit.room ? this.antiEntropy.dueMs : Number.POSITIVE_INFINITY,
    )
  }

  /** Whether a message is one for this session that has not been superseded or seen. */
  admit(message: Message, nowMs: number): boolean {
    if (message.to !== 0 && message.to !== this.#session) return false
    if (this.predates(message.from)) return false
    if (message.from > this.#theirSession) this.#meet(message.from, nowMs)
    if (message.to === this.#session) this.credit.acknowledge(message.ack, nowMs)
    if (message.kind === 'refuse') return true
    if (message.kind === 'ack') return false
    const place = this.arrivals.accept(message.seq, sizeOf(message), nowMs)
    if (place === 'gap') this.catchUp.missed(nowMs)
    return place !== 'late'
  }

  /** Is it a session that the peer has left behind? */
  predates(session: number): boolean {
    return session < this.#theirSession
  }

  /** Puts a header on what is said to the peer. All but acknowledgements and refusals is counted. */
  frame(body: Body, nowMs: number): Message {
    const seq = isCounted(body) ? this.credit.spend(sizeOf(body), nowMs) : 0
    const ack = this.arrivals.highest
    this.arrivals.acknowledged()
    const header = {
      version: REPLICATION_VERSION,
      document: this.#document,
      from: this.#session,
      to: this.#theirSession,
      seq,
      ack,
    }
    return { ...header, ...body }
  }

  #meet(session: number, nowMs: number): void {
    const isNew = this.#theirSession === 0
    this.#theirSession = session
    this.arrivals.reset()
    if (isNew) return
    this.catchUp.reset()
    this.credit.reset()
    this.catchUp.want(nowMs)
  }
}
