/**
 * A first-in-first-out queue of envelopes through their own `next` field; for the few that are not
 * plain messages in a mailbox.
 */
import type { Envelope } from './envelope.ts'

export class Lane {
  length = 0
  #head: Envelope | null = null
  #tail: Envelope | null = null

  put(envelope: Envelope): void {
    if (this.#tail === null) this.#head = envelope
    else this.#tail.next = envelope
    this.#tail = envelope
    this.length++
  }

  take(): Envelope | null {
    const envelope = this.#head
    if (envelope === null) return null
    this.#head = envelope.next
    if (this.#head === null) this.#tail = null
    envelope.next = null
    this.length--
    return envelope
  }

  *drain(): Generator<Envelope> {
    for (let envelope = this.take(); envelope !== null; envelope = this.take()) yield envelope
  }
}
