/**
 * The messages that wait for one actor, in two lanes: what the runtime itself sends (exits of watched
 * actors, timers) is handled first and never dropped; what actors send is bounded.
 *
 * A plain message, which nobody waits for, lies in slots of a chunk; any other is an envelope there.
 */
import type { Handler } from '../actor/actor-type.ts'
import { type Chunk, giveChunk, STRIDE, takeChunk } from './chunk.ts'
import { Envelope, type Sender } from './envelope.ts'
import { Lane } from './lane.ts'

/** In place of a number of arguments: the slot holds an envelope. */
const ENVELOPE = -1

/** What only some mailboxes need. */
class Rare {
  readonly system = new Lane()
  /** Messages that failed and are to be run again, before all others. */
  readonly again = new Lane()
  /** Messages that wait outside for room. */
  readonly parked = new Lane()
}

/** The message taken last, to be read before the next is taken: for a plain one `envelope` is null. */
export class Taken {
  envelope: Envelope | null = null
  handler: Handler | null = null
  count = 0
  /** The argument, or the list of them where there is not exactly one. */
  arg: unknown
  from: Sender | null = null

  /** The same as an envelope. */
  toEnvelope(): Envelope {
    if (this.envelope !== null) return this.envelope
    const args = this.count === 1 ? [this.arg] : (this.arg as unknown[])
    return new Envelope(this.handler as Handler, args, this.from, null, null)
  }
}

export class Mailbox {
  /** User messages waiting, without those outside. */
  length = 0
  readonly limit: number
  #first: Chunk | null = null
  #last: Chunk | null = null
  #read = 0
  #write = 0
  #rare: Rare | null = null

  constructor(limit: number) {
    this.limit = limit
  }

  get full(): boolean {
    return this.length >= this.limit
  }

  get empty(): boolean {
    return (
      this.length === 0 && (this.#rare === null || this.#rare.system.length + this.#rare.again.length === 0)
    )
  }

  /** Puts a plain message: `arg` is the argument where `count` is 1, else the list of arguments. */
  put(handler: Handler, count: number, arg: unknown, from: Sender | null): void {
    const { slots } = this.#room()
    const at = this.#write
    slots[at] = handler
    slots[at + 1] = count
    slots[at + 2] = arg
    slots[at + 3] = from
    this.#write = at + STRIDE
    this.length++
  }

  putEnvelope(envelope: Envelope): void {
    const { slots } = this.#room()
    slots[this.#write] = envelope
    slots[this.#write + 1] = ENVELOPE
    this.#write += STRIDE
    this.length++
  }

  putSystem(envelope: Envelope): void {
    this.rare.system.put(envelope)
  }

  putAgain(envelope: Envelope): void {
    this.rare.again.put(envelope)
  }

  /** Takes the next message, the runtime's own first; false when nothing waits. */
  take(taken: Taken): boolean {
    if (this.#rare !== null) {
      const envelope = this.#rare.system.take() ?? this.#rare.again.take()
      if (envelope !== null) {
        taken.envelope = envelope
        return true
      }
    }
    return this.takeUser(taken)
  }

  takeUser(taken: Taken): boolean {
    const chunk = this.#first
    if (chunk === null) return false
    const { slots } = chunk
    const at = this.#read
    const count = slots[at + 1] as number
    if (count === ENVELOPE) taken.envelope = slots[at] as Envelope
    else {
      taken.envelope = null
      taken.handler = slots[at] as Handler
      taken.count = count
      taken.arg = slots[at + 2]
      taken.from = slots[at + 3] as Sender | null
      slots[at + 2] = undefined
      slots[at + 3] = undefined
    }
    slots[at] = undefined
    this.#read = at + STRIDE
    this.length--
    if (this.#read === slots.length || this.length === 0) this.#leaveChunk(chunk)
    return true
  }

  /** Messages that wait for room. */
  get parked(): Lane {
    return this.rare.parked
  }

  get hasParked(): boolean {
    return this.#rare !== null && this.#rare.parked.length > 0
  }

  /** What waits inside or outside, in order, for an actor that is no more. */
  *drain(): Generator<Envelope> {
    const taken = new Taken()
    while (this.take(taken)) yield taken.toEnvelope()
    for (let envelope = this.#rare?.parked.take() ?? null; envelope !== null; envelope = this.parked.take())
      yield envelope
  }

  /** What the runtime sent to an instance that is no more. */
  *drainSystem(): Generator<Envelope> {
    const system = this.#rare?.system
    for (let envelope = system?.take() ?? null; envelope !== null; envelope = system?.take() ?? null)
      yield envelope
  }

  get rare(): Rare {
    this.#rare ??= new Rare()
    return this.#rare
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
