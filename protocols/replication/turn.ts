/** What one turn leads to: effects in their order, and new changes, which go on to peers when it ends. */
import type { NewChange } from './broadcast.ts'
import type { Change } from './document.ts'
import type { RefusalReason, ReplicationEffect } from './events.ts'
import type { ReplicationLimits } from './limits.ts'
import { type Body, isCounted, REASON_LENGTH, sizeOf } from './messages.ts'
import type { Peer } from './peer.ts'

export class Turn {
  readonly nowMs: number
  readonly effects: ReplicationEffect[] = []
  readonly news: NewChange[] = []
  readonly #limits: ReplicationLimits

  constructor(nowMs: number, limits: ReplicationLimits) {
    this.nowMs = nowMs
    this.#limits = limits
  }

  /** Sends, if the peer has the credit for it. */
  send(peer: Peer, body: Body): boolean {
    if (peer.refused || (isCounted(body) && !peer.credit.room)) return false
    if (sizeOf(body) > this.#limits.messageBytes) {
      this.refuse(
        peer,
        'too-large',
        `what has to be sent in one message takes more than ${this.#limits.messageBytes} bytes; raise the limit "messageBytes", or go on with a new document`,
      )
      return false
    }
    this.effects.push({ kind: 'send', peer: peer.id, message: peer.frame(body, this.nowMs) })
    return true
  }

  /** Ends the conversation with a peer, and tells it why unless it was the peer that ended it. */
  refuse(peer: Peer, reason: RefusalReason, explanation: string): void {
    if (peer.refused) return
    if (reason !== 'refused-by-peer')
      this.send(peer, { kind: 'refuse', reason: explanation.slice(0, REASON_LENGTH) })
    peer.refused = true
    this.effects.push({ kind: 'refused', peer: peer.id, reason, explanation })
  }

  /** Changes that peers brought are part of the document now. */
  applied(changes: readonly Change[], from: (hash: string) => ReadonlySet<string>): void {
    if (changes.length === 0) return
    this.effects.push({ kind: 'applied', changes })
    for (const { hash, bytes } of changes) this.news.push({ hash, bytes, from: from(hash) })
  }
}
