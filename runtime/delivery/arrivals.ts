/**
 * What arrives from other threads: frames become envelopes, replies, and news for the runtime.
 */
import type { WireRef } from '../../protocols/address.ts'
import { ActorGoneError } from '../../protocols/errors.ts'
import { errorFromWire } from '../../protocols/payload/wire-error.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Handler } from '../actor/actor-type.ts'
import { missingHandler } from '../actor/actor-type.ts'
import type { Cell } from '../actor/cell.ts'
import { REMOTE_HANDLERS } from '../actor/internal-handlers.ts'
import { unknownHandler } from '../actor/ref.ts'
import { admit } from '../mailbox/admit.ts'
import { Envelope } from '../mailbox/envelope.ts'
import type { Host } from '../threads/host.ts'
import { gone } from './failures.ts'
import { type Call, FrameReader, Op } from './frames.ts'
import { RemoteReply } from './links.ts'

/** Stands for an actor of which only the address is known; who asked for it knows its path. */
const NAMELESS = 'the actor'

export class Arrivals {
  readonly #host: Host
  /** Messages for actors of the thread's former life whose supervisors have not brought them back yet. */
  readonly #expected = new Map<number, { held: Envelope[]; decided: (() => void)[] }>()
  #heldCount = 0

  constructor(host: Host) {
    this.#host = host
  }

  /** Sees to a batch and then to the actors that it woke. */
  receive(from: number, batch: readonly unknown[]): void {
    const host = this.#host
    const reader = new FrameReader(batch, from, (wire) => host.refFromWire(wire))
    let frames = 0
    while (reader.more) {
      this.#frame(from, reader)
      frames++
    }
    host.pulses.countRead(host.thread, from, frames)
    host.scheduler.runNow()
  }

  /** These actors will be brought back or given up; until then their messages wait. */
  expect(serials: readonly number[]): void {
    for (const serial of serials) this.#expected.set(serial, { held: [], decided: [] })
    // A supervisor that was lost as well never decides.
    const { clock, limits } = this.#host
    clock.after(limits.threadStartMs, () => {
      for (const serial of serials) this.givenUp(serial, this.#host.departed.path(serial) ?? this.#nameless)
    })
  }

  /** Calls `then` once an expected actor is back or given up; false where none is expected. */
  whenDecided(serial: number, then: () => void): boolean {
    const expected = this.#expected.get(serial)
    expected?.decided.push(then)
    return expected !== undefined
  }

  /** The actor is back; what waited for it comes in. */
  arrived(cell: Cell): void {
    this.#decide(cell.serial, (envelope) => this.#deliver(cell, envelope))
  }

  /** The actor has been given up. */
  givenUp(serial: number, path: string): void {
    this.#decide(serial, (envelope) =>
      this.#host.delivery.refuse(path, envelope, 'gone', gone(path, envelope.handler.name)),
    )
  }

  #decide(serial: number, each: (envelope: Envelope) => void): void {
    const expected = this.#expected.get(serial)
    if (expected === undefined) return
    this.#expected.delete(serial)
    this.#heldCount -= expected.held.length
    expected.held.forEach(each)
    for (const then of expected.decided) then()
  }

  #frame(from: number, reader: FrameReader): void {
    const host = this.#host
    switch (reader.next<number>()) {
      case Op.tell:
        return this.#tell(reader, false)
      case Op.tellPacked:
        return this.#tell(reader, true)
      case Op.call:
        return this.#call(from, reader)
      case Op.reply:
        return this.#reply(reader.next(), reader.next())
      case Op.replyPacked:
        return this.#reply(reader.next(), reader.packed())
      case Op.error:
        return this.#error(reader.next(), errorFromWire(reader.error()))
      case Op.control:
        return host.control.arrived(from, reader.next(), reader.next(), reader.maybePacked())
      case Op.failed:
        return this.#failed(reader)
      default:
        return host.news(from, reader.next(), reader.packed())
    }
  }

  /** A reply that comes after the deadline of its call finds nobody. */
  #reply(id: number, value: unknown): void {
    this.#host.links.pending(id)?.resolve(value)
  }

  #error(id: number, error: Error): void {
    const pending = this.#host.links.pending(id)
    if (pending === undefined) return
    const nameless = error instanceof ActorGoneError && error.target === NAMELESS
    pending.reject(nameless ? gone(pending.target, pending.method) : error)
  }

  #failed(reader: FrameReader): void {
    const family = this.#host.exported(reader.next())?.family
    const key = reader.next<ChildKey>()
    const exit = reader.exit(family?.childPath(key) ?? NAMELESS)
    const child = family?.get(key)
    if (child !== undefined) family?.childFailed(child, exit)
  }

  #tell(reader: FrameReader, packed: boolean): void {
    const serial = reader.next<number>()
    const from = reader.sender()
    const method = reader.next<string>()
    const args = packed ? reader.packed<unknown[]>() : reader.list()
    this.#message(serial, method, args, from, null)
  }

  #call(thread: number, reader: FrameReader): void {
    const serial = reader.next<number>()
    const from = reader.sender()
    const method = reader.next<string>()
    const call = reader.call()
    this.#message(serial, method, reader.maybePacked(), from, { ...call, thread })
  }

  #message(
    serial: number,
    method: string,
    args: unknown[],
    from: WireRef | null,
    call: (Call & { thread: number }) | null,
  ): void {
    const host = this.#host
    const cell = host.exported(serial)
    const handler = cell === undefined ? missingHandler(method) : findHandler(cell, method)
    const reply =
      call === null || call.kind === '' ? null : new RemoteReply(host.links, call.kind, call.thread, call.id)
    const envelope = new Envelope(handler, args, from, reply, call === null ? null : call.header)
    if (cell !== undefined) this.#admit(cell, envelope)
    else if (this.#expected.has(serial) && this.#heldCount < host.limits.heldMessages)
      this.#hold(serial, envelope)
    else {
      const path = host.departed.path(serial)
      host.delivery.refuse(path ?? this.#nameless, envelope, 'gone', gone(path ?? NAMELESS, method))
    }
  }

  get #nameless(): string {
    return `an actor of thread ${this.#host.thread}`
  }

  #hold(serial: number, envelope: Envelope): void {
    this.#expected.get(serial)?.held.push(envelope)
    this.#heldCount++
  }

  /** A held message was made before its actor's class was known. */
  #deliver(cell: Cell, held: Envelope): void {
    const handler = findHandler(cell, held.handler.name)
    this.#admit(cell, new Envelope(handler, held.args, held.from, held.reply, held.header))
  }

  #admit(cell: Cell, envelope: Envelope): void {
    const { handler } = envelope
    if (handler.index >= 0 || handler.internal) admit(cell, envelope)
    else
      this.#host.delivery.refuse(
        cell.path,
        envelope,
        'unknown-handler',
        unknownHandler(cell.ref, handler.name),
      )
  }
}

function findHandler(cell: Cell, method: string): Handler {
  return cell.type.handlers.get(method) ?? REMOTE_HANDLERS.get(method) ?? missingHandler(method)
}
