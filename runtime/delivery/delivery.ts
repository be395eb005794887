/**
 * The way of a message from a reference to a mailbox.
 *
 *   ref.tell.x() / ref.ask.x()  ->  route  ->  this thread:     the actor's mailbox
 *                                         ->  another thread:  the link to it, and there `arrive`
 *
 * A reply takes the same way back through the ReplyTo of its envelope.
 */
import { Reference } from '../../protocols/address.ts'
import {
  type AskChain,
  type Baggage,
  describeCycle,
  findInChain,
  type Header,
} from '../../protocols/envelope.ts'
import { AskCycleError, type NeuroplexError } from '../../protocols/errors.ts'
import { isTrivial, scanValues } from '../../protocols/payload/scan.ts'
import type { Handler } from '../actor/actor-type.ts'
import { currentTurn, running, type Turn } from '../actor/ambient.ts'
import type { Cell } from '../actor/cell.ts'
import { type Target, unknownHandler } from '../actor/ref.ts'
import type { DeadLetterReason } from '../actor/types.ts'
import { admit, admitPlain } from '../mailbox/admit.ts'
import { type CallKind, Envelope } from '../mailbox/envelope.ts'
import type { Host } from '../threads/host.ts'
import { readAsStream, withCall } from './failures.ts'
import { freezeDeep } from './freeze.ts'
import { Pending } from './pending.ts'

const NEVER = Number.POSITIVE_INFINITY

export class Delivery {
  readonly host: Host

  constructor(host: Host) {
    this.host = host
  }

  /**
   * Sends and forgets; what can't be delivered becomes a dead letter.
   *
   * @param count number of arguments
   * @param arg the argument where there is exactly one, else the list of them
   */
  tell(target: Target, handler: Handler, count: number, arg: unknown): void {
    const { cell } = target
    const sender = running.cell
    // Most are sent while a plain message is handled, which hands nothing on.
    if (
      cell !== null &&
      sender !== null &&
      running.envelope === null &&
      this.host.tracer === null &&
      handler.plain &&
      isSmall(count, arg)
    )
      admitPlain(cell, handler, count, arg, sender)
    else this.#tellFromAnywhere(target, handler, count, arg)
  }

  #tellFromAnywhere(target: Target, handler: Handler, count: number, arg: unknown): void {
    const turn = currentTurn()
    const from = turn === undefined ? null : turn.cell
    const baggage =
      turn === undefined || turn.envelope === null ? null : (turn.envelope.header?.baggage ?? null)
    const { cell } = target
    const plain = cell !== null && handler.plain && baggage === null && this.host.tracer === null
    if (plain && isSmall(count, arg)) admitPlain(cell, handler, count, arg, from)
    else this.#tellChecked(target, handler, count === 1 ? [arg] : (arg as unknown[]), from, baggage)
  }

  #tellChecked(
    target: Target,
    handler: Handler,
    args: unknown[],
    from: Cell | null,
    baggage: Baggage | null,
  ): void {
    let special: boolean
    try {
      special = this.#check(target, handler, args, 'ask')
    } catch (error) {
      this.#discard(target, handler, error as NeuroplexError)
      return
    }
    const { cell } = target
    const header = baggage === null ? null : { deadline: NEVER, chain: null, baggage, attempts: 0 }
    if (cell === null || header !== null || handler.internal || this.host.tracer !== null) {
      this.route(target, new Envelope(handler, args, from, null, header), special)
      return
    }
    if (this.host.development) for (const arg of args) freezeDeep(arg)
    admitPlain(cell, handler, args.length, args.length === 1 ? args[0] : args, from)
  }

  /** Sends and waits for the result of the handler, at most until the deadline of the turn that asks. */
  ask(target: Target, handler: Handler, args: unknown[], timeoutMs: number | undefined): Promise<unknown> {
    return this.call('ask', target, handler, args, timeoutMs ?? this.host.limits.askTimeoutMs)
  }

  /** Sends and waits until the message is in the mailbox. */
  offer(target: Target, handler: Handler, args: unknown[]): Promise<unknown> {
    return this.call('offer', target, handler, args, NEVER)
  }

  call(
    kind: CallKind,
    target: Target,
    handler: Handler,
    args: unknown[],
    timeoutMs: number,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const turn = currentTurn()
      let special: boolean
      let header: Header
      try {
        special = this.#check(target, handler, args, kind)
        header = this.#header(kind, target, handler, turn, timeoutMs)
      } catch (error) {
        reject(error)
        return
      }
      const { deadlines } = this.host
      const { deadline } = header
      const inherited = deadline === turn?.envelope?.header?.deadline
      const waitMs = inherited ? deadline - this.host.clock.now() : timeoutMs
      const call = { target, method: handler.name, kind, timeoutMs: waitMs, deadline }
      const pending = new Pending(call, deadlines, resolve, reject)
      this.route(
        target,
        new Envelope(handler, args, turn === undefined ? null : turn.cell, pending, header),
        special,
      )
    })
  }

  /** Carries an envelope to its target. */
  route(target: Target, envelope: Envelope, special: boolean): void {
    const { host } = this
    if (host.tracer !== null) host.tracer.sent(target, envelope)
    const { cell } = target
    if (cell === null) host.links.send(target, envelope, special)
    else {
      if (host.development) for (const arg of envelope.args) freezeDeep(arg)
      admit(cell, envelope)
    }
  }

  /** Ends a message that no actor will handle: its asker gets the error, a message that nobody waits for is recorded. */
  refuse(to: string, envelope: Envelope, reason: DeadLetterReason, error: NeuroplexError): void {
    const from = envelope.from?.path
    this.host.meter.discarded(envelope)
    this.host.deadLetters.record({ to, method: envelope.handler.name, reason, from, detail: error.message })
    envelope.reply?.reject(error)
  }

  #discard(target: Target, handler: Handler, error: NeuroplexError): void {
    const reason = error.code === 'UNKNOWN_HANDLER' ? 'unknown-handler' : 'not-sendable'
    const from = currentTurn()?.cell.path
    this.host.deadLetters.record({
      to: target.path,
      method: handler.name,
      reason,
      from,
      detail: error.message,
    })
  }

  /** Throws unless the target has the handler and the arguments can travel. */
  #check(target: Target, handler: Handler, args: unknown[], kind: CallKind): boolean {
    if (handler.index < 0 && !handler.internal) throw unknownHandler(target, handler.name)
    if (handler.streams && kind !== 'stream') throw readAsStream(target.type.name, target.path, handler.name)
    try {
      return scanValues(args, this.host.limits.messageBytes)
    } catch (error) {
      throw withCall(error, target.path, handler.name)
    }
  }

  #header(
    kind: CallKind,
    target: Target,
    handler: Handler,
    turn: Turn | undefined,
    timeoutMs: number,
  ): Header {
    const now = this.host.clock.now()
    const above = turn?.envelope?.header ?? null
    const deadline = Math.min(now + timeoutMs, above === null ? NEVER : above.deadline)
    const baggage = above === null ? null : above.baggage
    if (turn === undefined || kind === 'offer') return { deadline, chain: null, baggage, attempts: 0 }
    const chain = chainOf(turn.cell, above)
    if (!target.type.reentrant && !handler.internal && findInChain(chain, target) !== null)
      throw new AskCycleError(
        `the ask would wait for itself: ${describeCycle(chain, target, target.path)}; make it a tell, or let the class say "static reentrant = true"`,
        { target: target.path, method: handler.name, mayHaveRun: false },
      )
    return { deadline, chain, baggage, attempts: 0 }
  }
}

/** Whether arguments can certainly be sent, and need no freezing. */
function isSmall(count: number, arg: unknown): boolean {
  return count === 0 || (count === 1 && (isTrivial(arg) || arg instanceof Reference))
}

/** An actor that handles other messages while it awaits holds nobody up, so it is no link of the chain. */
function chainOf(
  cell: { type: { reentrant: boolean }; thread: number; serial: number; path: string },
  above: Header | null,
): AskChain | null {
  const up = above === null ? null : above.chain
  if (cell.type.reentrant) return up
  return { thread: cell.thread, serial: cell.serial, path: cell.path, up }
}
