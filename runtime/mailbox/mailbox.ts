/**
 * The messages that wait for one actor, in two lanes: what the runtime itself sends (exits of watched
 * actors, timers) is handled first and never dropped; what actors send is bounded.
 *
 *   oldest message: in the mailbox itself    <- advance <-    those behind it: in slots of chunks
 *
 * Most actors have one message at a time, which therefore needs no chunk. A plain message, which nobody
 * waits for, lies there in its parts; any other is an envelope.
 */
import type { Handler } from '../actor/actor-type.ts'
import { type Chunk, giveChunk, STRIDE, takeChunk } from './chunk.ts'
import { Envelope, type Sender } from './envelope.ts'
import { Lane } from './lane.ts'

/** In place of a number of arguments: the argument is an envelope. */
export const ENVELOPE = -1

/** What only some mailboxes need. */
export class Rare {
  readonly system = new Lane()
  /** Messages that failed and are to be run again, before all others. */
  readonly again = new Lane()
  /** Messages that wait outside for room. */
  readonly parked = new Lane()

  /** How many wait that come before all user messages. */
  get urgent(): number {
    return this.system.length + this.again.length
  }

  takeUrgent(): Envelope | null {
    return this.system.take() ?? this.again.take()
  }
}

export class Mailbox {
  /** User messages waiting, without those outside. */
  length = 0
  /** Messages whose handlers have been called. */
  turns = 0
  readonly limit: number
  /** Of the user message that has waited longest; null where none waits. */
  handler: Handler | null = null
  /** How many arguments it has, or ENVELOPE. */
  count = 0
  /** Its argument where `count` is 1, the envelope where it is one, else the list of arguments. */
  arg: unknown = undefined
  from: Sender | null = null
  #first: Chunk | null = null
  #last: Chunk | null = null
  #read = 0
  #write = 0
  /** Null until something lies in one of its lanes. */
  rare: Rare | null = null

  constructor(limit: number) {
    this.limit = limit
  }

  get full(): boolean {
    return this.length >= this.limit
  }

  get empty(): boolean {
    return this.length === 0 && (this.rare === null || this.rare.urgent === 0)
  }

  /** Puts a plain message: `arg` is the argument where `count` is 1, else the list of arguments. */
  put(handler: Handler, count: number, arg: unknown, from: Sender | null): void {
    if (this.length++ === 0) {
      this.handler = handler
      this.count = count
      this.arg = arg
      this.from = from
    } else this.#putBehind(handler, count, arg, from)
  }

  putEnvelope(envelope: Envelope): void {
    this.put(envelope.handler, ENVELOPE, envelope, null)
  }

  putSystem(envelope: Envelope): void {
    this.#rarely().system.put(envelope)
  }

  putAgain(envelope: Envelope): void {
    this.#rarely().again.put(envelope)
  }

  /** Puts a message outside, until there is room. */
  park(envelope: Envelope): void {
    this.#rarely().parked.put(envelope)
  }

  /** Messages that wait outside for room. */
  get parked(): number {
    return this.rare === null ? 0 : this.rare.parked.length
  }

  /** Takes the user message away that has waited longest; who wants it has read it before. */
  advance(): void {
    if (--this.length === 0) {
      this.handler = null
      this.arg = undefined
      this.from = null
    } else this.#fetch()
  }

  /** Takes the user message that has waited longest. */
  takeUser(): Envelope | null {
    const { handler, count, arg, from } = this
    if (handler === null) return null
    this.advance()
    return count === ENVELOPE ? (arg as Envelope) : plainEnvelope(handler, count, arg, from)
  }

  /** What waits inside or outside, in order, for an actor that is no more. */
  *drain(): Generator<Envelope> {
    const { rare } = this
    if (rare !== null) {
      yield* rare.system.drain()
      yield* rare.again.drain()
    }
    for (let envelope = this.takeUser(); envelope !== null; envelope = this.takeUser()) yield envelope
    if (rare !== null) yield* rare.parked.drain()
  }

  /** What the runtime sent to an instance that is no more. */
  *drainSystem(): Generator<Envelope> {
    if (this.rare !== null) yield* this.rare.system.drain()
  }

  #rarely(): Rare {
    this.rare ??= new Rare()
    return this.rare
  }

  #putBehind(handler: Handler, count: number, arg: unknown, from: Sender | null): void {
    const { slots } = this.#room()
    const at = this.#write
    slots[at] = handler
    slots[at + 1] = count
    slots[at + 2] = arg
    slots[at + 3] = from
    this.#write = at + STRIDE
  }

  /** Moves the first of those behind to the front. */
  #fetch(): void {
    const chunk = this.#first as Chunk
    const { slots } = chunk
    const at = this.#read
    this.handler = slots[at] as Handler
    this.count = slots[at + 1] as number
    this.arg = slots[at + 2]
    this.from = slots[at + 3] as Sender | null
    slots[at] = undefined
    slots[at + 2] = undefined
    slots[at + 3] = undefined
    this.#read = at + STRIDE
    if (this.#read === slots.length || this.length === 1) this.#leaveChunk(chunk)
  }

  /** The chunk into which the next message goes. */
  #room(): Chunk {
    const last = this.#last
    if (last !== null && this.#write < last.slots.length) return last
    const chunk = takeChunk(last)
    if (last === null) this.#first = chunk
    else last.next = chunk
    this.#last = chunk
    if (last === null) this.#read = 0
    this.#write = 0
    return chunk
  }

  #leaveChunk(chunk: Chunk): void {
    this.#first = chunk.next
    this.#read = 0
    if (this.#first === null) this.#last = null
    chunk.next = null
    giveChunk(chunk)
  }
}

/** A plain message as an envelope. */
export function plainEnvelope(handler: Handler, count: number, arg: unknown, from: Sender | null): Envelope {
  return new Envelope(handler, count === 1 ? [arg] : (arg as unknown[]), from, null, null)
}
