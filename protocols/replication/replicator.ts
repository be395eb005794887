/**
 * What one replica of one document says to which peer.
 *
 *   committed ─┐                                   ┌─► send, to each peer that is level: the same changes
 *   message ───┼─► step(events, now) ─► effects ───┼─► applied, kept
 *   up, down, tick                                 └─► refused
 *
 * A turn's events are given together: what they bring is applied in few calls and goes on in few messages.
 * A peer that is slow, new, or has lost something is not sent more and more, but catches up.
 */
import { Broadcast, batches } from './broadcast.ts'
import { type Change, isRefusal, type Received, type ReplicaDocument } from './document.ts'
import type { ReplicationEffect, ReplicationEvent } from './events.ts'
import { read } from './fault.ts'
import { applyParcels, bringersOf, Inbox } from './inbox.ts'
import { Keeping, SELF } from './keeping.ts'
import { DEFAULT_REPLICATION_LIMITS, type ReplicationLimits } from './limits.ts'
import type { Body, Message, MessageOf } from './messages.ts'
import { Peer } from './peer.ts'
import { Turn } from './turn.ts'

export interface ReplicatorOptions {
  /** The document's id, the same on all replicas. */
  readonly document: string
  readonly replica: ReplicaDocument
  /** Gives numbers from 0 up to 1. */
  readonly random: () => number
  readonly limits?: Partial<ReplicationLimits>
  /** Given where this replica is a keeper: whether a change of the document is stored. */
  readonly isStored?: (hash: string) => boolean
}

export class Replicator {
  readonly #document: string
  readonly #replica: ReplicaDocument
  readonly #random: () => number
  readonly #limits: ReplicationLimits
  readonly #isStored: ((hash: string) => boolean) | undefined
  readonly #peers = new Map<string, Peer>()
  readonly #keeping: Keeping
  readonly #inbox: Inbox

  constructor({ document, replica, random, limits, isStored }: ReplicatorOptions) {
    this.#document = document
    this.#replica = replica
    this.#random = random
    this.#limits = { ...DEFAULT_REPLICATION_LIMITS, ...limits }
    this.#isStored = isStored
    this.#keeping = new Keeping(this.#limits)
    this.#inbox = new Inbox(this.#limits)
  }

  /** When a tick is needed, in the time that `step` is given; Infinity where none is. */
  get dueMs(): number {
    let due = Number.POSITIVE_INFINITY
    for (const peer of this.#peers.values()) due = Math.min(due, peer.dueMs)
    return due
  }

  /** How many changes wait for a keeper. Where it grows, the document is changed faster than it is stored. */
  get unkept(): number {
    return this.#keeping.size
  }

  /** Takes the events of one turn, in their order, and tells what is to be done, in this order. */
  step(events: readonly ReplicationEvent[], nowMs: number): ReplicationEffect[] {
    const turn = new Turn(nowMs, this.#limits)
    for (const event of events) this.#take(event, turn)
    this.#open(turn)
    this.#broadcast(turn)
    for (const peer of this.#peers.values()) if (!peer.refused) this.#attend(peer, turn)
    return turn.effects
  }

  #take(event: ReplicationEvent, turn: Turn): void {
    switch (event.kind) {
      case 'committed':
        return this.#committed(event.changes, event.tell, turn)
      case 'up':
        return this.#up(event.peer, event.session, turn)
      case 'down':
        return this.#down(event.peer)
      case 'message':
        return this.#message(event.peer, event.message, turn)
      case 'stored':
        return this.#tellStored(event.hashes, turn)
      case 'tick':
    }
  }

  #committed(changes: readonly Change[], tell: boolean, turn: Turn): void {
    for (const { hash, bytes } of changes) turn.news.push({ hash, bytes, from: new Set() })
    const hashes = changes.map(({ hash }) => hash)
    if (tell) this.#want(hashes, SELF, turn)
  }

  #up(id: string, session: number, { nowMs, effects }: Turn): void {
    this.#down(id)
    if (this.#peers.size >= this.#limits.peers) {
      const explanation = `a document has at most ${this.#limits.peers} peers; raise the limit "peers", or connect fewer`
      effects.push({ kind: 'refused', peer: id, reason: 'too-many-peers', explanation })
      return
    }
    const [document, replica, limits, random] = [this.#document, this.#replica, this.#limits, this.#random]
    this.#peers.set(id, new Peer({ id, session, document, replica, limits, random }, nowMs))
  }

  #down(id: string): void {
    this.#peers.delete(id)
    this.#keeping.forget(id)
  }

  #message(id: string, value: unknown, turn: Turn): void {
    const peer = this.#peers.get(id)
    if (peer === undefined || peer.refused) return
    const message = read(value, this.#document, this.#limits)
    if ('kind' in message) {
      if (peer.admit(message, turn.nowMs)) this.#hear(peer, message, turn)
    } else if (!peer.predates(message.session)) turn.refuse(peer, message.reason, message.explanation)
  }

  #hear(peer: Peer, message: Message, turn: Turn): void {
    if (message.kind !== 'changes' || !this.#inbox.fits(message)) this.#open(turn)
    switch (message.kind) {
      case 'changes':
        return this.#inbox.add({ peer, message })
      case 'sync':
        return this.#sync(peer, message, turn)
      case 'ask':
        return this.#answer(peer, message.hashes, turn)
      case 'digest':
        return this.#digest(peer, message, turn)
      case 'stored':
        return this.#tellStored(message.hashes, turn)
      case 'refuse':
        return turn.refuse(peer, 'refused-by-peer', message.reason)
      case 'ack':
    }
  }

  /** Applies what messages of this turn have brought. */
  #open(turn: Turn): void {
    const parcels = this.#inbox.empty()
    if (parcels.length === 0) return
    const bringers = bringersOf(parcels.filter(({ peer }) => !peer.refused))
    const { applied, missing } = applyParcels(parcels, this.#replica, (peer, explanation) =>
      turn.refuse(peer, 'change', explanation),
    )
    turn.applied(applied, (hash) => bringers.get(hash) ?? new Set())
    for (const { peer, message } of parcels) {
      if (peer.catchUp.brought(applied.length > 0, missing.length > 0, turn.nowMs))
        this.#ask(peer, missing, turn)
      this.#want(message.wants, peer.id, turn)
    }
  }

  #sync(peer: Peer, message: MessageOf<'sync'>, turn: Turn): void {
    let received: Received | undefined
    try {
      received = peer.catchUp.receive(message, turn.nowMs)
    } catch (error) {
      if (!isRefusal(error)) throw error
      return turn.refuse(peer, 'change', error.message)
    }
    if (received === undefined) return
    const from = new Set([peer.id])
    turn.applied(received.applied, () => from)
    if (received.missing.length > 0) this.#ask(peer, received.missing, turn)
  }

  #ask(peer: Peer, missing: readonly string[], turn: Turn): void {
    if (turn.send(peer, { kind: 'ask', hashes: missing.slice(0, this.#limits.listedHashes) }))
      peer.catchUp.asked()
    else peer.catchUp.want(turn.nowMs)
  }

  /** Answers also with nothing, so that the one who asked can go on. */
  #answer(peer: Peer, hashes: readonly string[], turn: Turn): void {
    const [batch] = batches(this.#replica.changesByHash(hashes), this.#limits)
    turn.send(peer, { kind: 'changes', ...(batch ?? { changes: [], hashes: [] }), wants: [] })
  }

  #digest(peer: Peer, { heads, wants }: MessageOf<'digest'>, turn: Turn): void {
    const { antiEntropy, catchUp, credit } = peer
    const equal = sameHashes(heads, this.#replica.heads())
    catchUp.told(heads, equal)
    // What the peer lacks may be on its way to it.
    if (!equal && (catchUp.lacks || credit.idle || !catchUp.live)) catchUp.want(turn.nowMs)
    // One digest serves both sides, but for what this one has to ask.
    if (equal && this.#wantedFrom(peer).length === 0) antiEntropy.rest(turn.nowMs)
    this.#want(wants, peer.id, turn)
  }

  /** Notes who wants to hear of changes, or tells at once. */
  #want(hashes: readonly string[], who: string, turn: Turn): void {
    for (const hash of hashes) {
      // Who can tell may be several peers away, and each passes the question on with its next digest.
      if (!this.#keeping.has(hash)) this.#stir(turn)
      const dropped = this.#keeping.want(hash, who)
      if (dropped !== undefined) turn.effects.push({ kind: 'untracked', hashes: [dropped] })
    }
    const isStored = this.#isStored
    if (isStored !== undefined) this.#tellStored(hashes.filter(isStored), turn)
  }

  #tellStored(hashes: readonly string[], turn: Turn): void {
    for (const [who, stored] of this.#keeping.settle(hashes)) {
      if (who === SELF) turn.effects.push({ kind: 'kept', hashes: stored })
      const peer = this.#peers.get(who)
      if (peer === undefined) continue
      for (let at = 0; at < stored.length; at += this.#limits.listedHashes)
        turn.send(peer, { kind: 'stored', hashes: stored.slice(at, at + this.#limits.listedHashes) })
    }
  }

  #broadcast(turn: Turn): void {
    if (turn.news.length === 0) return
    const broadcast = new Broadcast(turn.news, this.#limits)
    this.#stir(turn)
    for (const peer of this.#peers.values()) {
      if (!peer.catchUp.live) continue
      for (const { changes, hashes } of broadcast.for(peer.id)) {
        const wants = this.#wantedFrom(peer, hashes)
        if (turn.send(peer, { kind: 'changes', changes, hashes, wants })) continue
        peer.catchUp.live = false
        peer.catchUp.want(turn.nowMs)
        break
      }
    }
  }

  #stir({ nowMs }: Turn): void {
    for (const peer of this.#peers.values()) peer.antiEntropy.stir(nowMs)
  }

  /** What a peer is asked for; a keeper asks nobody. */
  #wantedFrom(peer: Peer, among?: readonly string[]): string[] {
    return this.#isStored === undefined ? this.#keeping.wantedFrom(peer.id, among) : []
  }

  /** Does what is due with a peer. */
  #attend(peer: Peer, turn: Turn): void {
    const { credit, arrivals, antiEntropy, catchUp } = peer
    const { nowMs } = turn
    if (credit.timeoutAtMs <= nowMs) {
      credit.giveUp()
      catchUp.lost(nowMs)
    }
    if (catchUp.replyDue && credit.room) {
      // What was said before it was level may not have reached it.
      if (!catchUp.live) antiEntropy.stir(nowMs)
      turn.send(peer, catchUp.reply() ?? this.#ownDigest(peer))
    }
    if (catchUp.dueMs <= nowMs && credit.ample) turn.send(peer, catchUp.start(nowMs) ?? this.#ownDigest(peer))
    if (antiEntropy.dueMs <= nowMs && credit.room) {
      turn.send(peer, this.#ownDigest(peer))
      antiEntropy.rest(nowMs)
    }
    if (!catchUp.live) peer.wantsTold = false
    else if (!peer.wantsTold && credit.room) this.#tellWants(peer, turn)
    if (arrivals.ackDueMs <= nowMs) turn.send(peer, { kind: 'ack' })
  }

  /** What was caught up with did not say what is wanted, and the next digest may be long in coming. */
  #tellWants(peer: Peer, turn: Turn): void {
    peer.wantsTold = true
    if (this.#wantedFrom(peer).length > 0) turn.send(peer, this.#ownDigest(peer))
  }

  #ownDigest(peer: Peer): Body {
    const heads = this.#replica.heads().slice(0, this.#limits.listedHashes)
    return { kind: 'digest', heads, wants: this.#wantedFrom(peer) }
  }
}

function sameHashes(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  const set = new Set(one)
  return other.every((hash) => set.has(hash))
}
