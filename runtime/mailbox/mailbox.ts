/**
 * The messages that wait for one actor, in two lanes: what the runtime itself sends (exits of watched
 * actors, timers) is handled first and never dropped; what actors send is bounded.
 */
import type { Envelope } from './envelope.ts'

/** A first-in-first-out queue through the `next` field of its items, so that waiting takes no memory of its own. */
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

  /** Puts a message before all others. */
  putFirst(envelope: Envelope): void {
    envelope.next = this.#head
    this.#head = envelope
    if (this.#tail === null) this.#tail = envelope
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
}

export class Mailbox extends Lane {
  readonly limit: number
  #system: Lane | null = null
  #parked: Lane | null = null

  constructor(limit: number) {
    super()
    this.limit = limit
  }

  get full(): boolean {
    return this.length >= this.limit
  }

  get empty(): boolean {
    return this.length === 0 && (this.#system === null || this.#system.length === 0)
  }

  putSystem(envelope: Envelope): void {
    this.#system ??= new Lane()
    this.#system.put(envelope)
  }

  /** The next message, the runtime's own first; null when nothing waits. */
  takeNext(): Envelope | null {
    if (this.#system !== null && this.#system.length > 0) return this.#system.take()
    return this.take()
  }

  /** Messages that wait for room, where the mailbox is full. */
  get parked(): Lane {
    this.#parked ??= new Lane()
    return this.#parked
  }

  get hasParked(): boolean {
    return this.#parked !== null && this.#parked.length > 0
  }

  /** What waits inside or outside, in order, for an actor that is no more. */
  takeAny(): Envelope | null {
    return this.take() ?? (this.#parked === null ? null : this.#parked.take())
  }

  /** Forgets what the runtime sent to an instance that is no more. */
  clearSystem(): void {
    this.#system = null
  }
}
