/**
 * One turn of an actor: a message is taken from the mailbox, its handler is called, its outcome goes
 * back. A handler that returns no promise costs no promise.
 */
import { Refused } from '../../protocols/errors.ts'
import { isTrivial, scanOne } from '../../protocols/payload/scan.ts'
import { toError } from '../../protocols/payload/wire-error.ts'
import { expired, noStream, withCall } from '../delivery/failures.ts'
import { freezeDeep } from '../delivery/freeze.ts'
import type { Envelope, Sender } from '../mailbox/envelope.ts'
import { ENVELOPE, type Mailbox, plainEnvelope } from '../mailbox/mailbox.ts'
import { unpark } from '../mailbox/park.ts'
import type { Slice } from '../scheduler/slice.ts'
import type { Handler } from './actor-type.ts'
import { inTurn, running } from './ambient.ts'
import type { Cell } from './cell.ts'

/** A handler that gave so many results and no promise is taken for one that never awaits. */
const PROMPT = 32

/** Handles what waits for an actor until its share of the slice is used up. */
export function runTurns(cell: Cell, slice: Slice): void {
  const { mailbox } = cell
  let budget = cell.host.limits.turnMessages
  while (cell.canTurn && budget-- > 0) {
    const { rare, handler } = mailbox
    if (rare !== null && rare.urgent > 0) perform(cell, rare.takeUrgent() as Envelope)
    else if (handler !== null) next(cell, mailbox, handler)
    else return
    if (slice.over()) break
  }
  if (cell.canTurn && !mailbox.empty) cell.host.scheduler.ready(cell)
}

/** Takes and handles the user message that has waited longest. */
function next(cell: Cell, mailbox: Mailbox, handler: Handler): void {
  const { count, arg, from, rare } = mailbox
  mailbox.advance()
  if (rare !== null) unpark(cell, rare)
  if (count === ENVELOPE) perform(cell, arg as Envelope)
  else if (handler.suspends || cell.host.tracer !== null)
    perform(cell, plainEnvelope(handler, count, arg, from))
  else performPlain(cell, handler, count, arg, from)
}

/** The quick way for a message that nobody waits for, to a handler that returns no promise. */
function performPlain(cell: Cell, handler: Handler, count: number, arg: unknown, from: Sender | null): void {
  cell.mailbox.turns++
  cell.host.meter.turnStarts(cell, handler)
  let result: unknown
  running.cell = cell
  running.from = from
  try {
    if (count === 1) result = (handler.fn as (arg: unknown) => unknown).call(cell.instance, arg)
    else if (count === 0) result = handler.fn.call(cell.instance)
    else result = handler.fn.apply(cell.instance, arg as never[])
  } catch (thrown) {
    running.cell = null
    failed(cell, cell.incarnation, plainEnvelope(handler, count, arg, from), thrown)
    return
  }
  running.cell = null
  if (isThenable(result))
    suspend(cell, plainEnvelope(handler, count, arg, from), result as PromiseLike<unknown>)
}

function perform(cell: Cell, envelope: Envelope): void {
  const { host } = cell
  const { header } = envelope
  if (header !== null && header.deadline <= host.scheduler.slice.now) {
    host.delivery.refuse(cell.path, envelope, 'expired', expired(cell.path, envelope.handler.name))
    return
  }
  cell.mailbox.turns++
  host.meter.turnStarts(cell, envelope.handler)
  host.meter.taken(envelope)
  if (host.tracer !== null) host.tracer.received(cell, envelope)
  if (envelope.reply !== null) envelope.reply.started = true
  let result: unknown
  try {
    result = envelope.handler.suspends ? callSuspending(cell, envelope) : call(cell, envelope)
  } catch (thrown) {
    failed(cell, cell.incarnation, envelope, thrown)
    return
  }
  if (isThenable(result)) suspend(cell, envelope, result as PromiseLike<unknown>)
  else {
    if (envelope.handler.suspends && ++envelope.handler.prompt >= PROMPT) envelope.handler.suspends = false
    succeeded(cell, envelope, result)
  }
}

/** Calls a handler whose code ends when it returns. */
function call(cell: Cell, envelope: Envelope): unknown {
  running.cell = cell
  running.envelope = envelope
  running.from = envelope.from
  try {
    return envelope.handler.fn.apply(cell.instance, envelope.args as never[])
  } finally {
    running.cell = null
    running.envelope = null
  }
}

/** Calls a handler whose code goes on after an await, where it still has to belong to this turn. */
function callSuspending(cell: Cell, envelope: Envelope): unknown {
  return inTurn({ cell, envelope, from: envelope.from }, () =>
    envelope.handler.fn.apply(cell.instance, envelope.args as never[]),
  )
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}

/** Waits for the handler's promise; meanwhile the actor handles nothing else unless it is reentrant. */
function suspend(cell: Cell, envelope: Envelope, result: PromiseLike<unknown>): void {
  const { incarnation } = cell
  envelope.handler.suspends = true
  envelope.handler.prompt = Number.NEGATIVE_INFINITY
  const holds = !envelope.handler.detached
  if (holds) cell.turnGoesOn()
  cell.awaits(envelope)
  result.then(
    (value) => {
      cell.awaited(envelope)
      if (holds) cell.turnEnded(incarnation)
      succeeded(cell, envelope, value)
    },
    (thrown) => {
      cell.awaited(envelope)
      if (holds) cell.turnEnded(incarnation)
      failed(cell, incarnation, envelope, thrown)
    },
  )
}

function succeeded(cell: Cell, envelope: Envelope, value: unknown): void {
  const { host } = cell
  if (host.tracer !== null) host.tracer.handled(cell, envelope)
  const { reply } = envelope
  if (reply === null) return
  try {
    const result = reply.kind === 'stream' ? registerStream(cell, envelope, value) : value
    const special = isTrivial(result) ? false : scanOne(result, 'the result', host.limits.messageBytes)
    if (host.development) freezeDeep(result)
    reply.resolve(result, special)
  } catch (thrown) {
    reply.reject(withCall(thrown, cell.path, envelope.handler.name, true))
  }
}

function registerStream(cell: Cell, envelope: Envelope, value: unknown): number {
  const source = value as Partial<AsyncIterable<unknown> & Iterable<unknown>> | undefined
  const iterator =
    typeof value === 'object'
      ? (source?.[Symbol.asyncIterator]?.() ?? source?.[Symbol.iterator]?.())
      : undefined
  if (iterator === undefined) throw noStream(cell.type.name, cell.path, envelope.handler.name)
  return cell.streams.open(iterator, envelope.from)
}

/** A handler that refuses leaves its actor as it is; any other error fails the actor. */
function failed(cell: Cell, incarnation: number, envelope: Envelope, thrown: unknown): void {
  const { host } = cell
  const error = toError(thrown)
  if (host.tracer !== null) host.tracer.failed(cell, envelope, error)
  if (error instanceof Refused) {
    endFailed(cell, envelope, error, 'failed')
    return
  }
  // A turn of an instance that has been replaced meanwhile says nothing about the present one.
  if (incarnation !== cell.incarnation) endFailed(cell, envelope, error, 'failed')
  else if (mayRunAgain(cell, envelope)) {
    cell.mailbox.putAgain(envelope)
    cell.fail({ kind: 'failed', path: cell.path, error })
  } else {
    const poisoned = cell.type.redeliver > 0 && !envelope.handler.internal
    endFailed(cell, envelope, error, poisoned ? 'poisoned' : 'failed')
    cell.fail({ kind: poisoned ? 'poisoned' : 'failed', path: cell.path, error })
  }
}

function mayRunAgain(cell: Cell, envelope: Envelope): boolean {
  if (cell.type.redeliver === 0 || envelope.handler.internal) return false
  envelope.header ??= { deadline: Number.POSITIVE_INFINITY, chain: null, baggage: null, attempts: 0 }
  return ++envelope.header.attempts <= cell.type.redeliver
}

function endFailed(cell: Cell, envelope: Envelope, error: Error, reason: 'failed' | 'poisoned'): void {
  if (envelope.reply !== null) envelope.reply.reject(error)
  if (envelope.reply !== null && reason === 'failed') return
  const { handler, from } = envelope
  if (handler.internal) return
  cell.host.deadLetters.record({
    to: cell.path,
    method: handler.name,
    reason,
    from: from?.path,
    detail: error.message,
  })
}
