/**
 * Lets a message into the mailbox of an actor of this thread, or not.
 */
import type { Handler } from '../actor/actor-type.ts'
import type { Cell } from '../actor/cell.ts'
import { State } from '../actor/state.ts'
import type { Overflow } from '../actor/types.ts'
import { gone } from '../delivery/failures.ts'
import { dropOldest } from './drop-oldest.ts'
import { enter } from './enter.ts'
import type { Envelope, Sender } from './envelope.ts'
import { plainEnvelope } from './mailbox.ts'
import { park } from './park.ts'
import { refuseNew } from './refuse.ts'

/** What happens to a message for a full mailbox, one file per policy. */
const POLICIES: Readonly<Record<Overflow, (cell: Cell, envelope: Envelope) => void>> = {
  refuse: refuseNew,
  'drop-oldest': dropOldest,
  park,
}

/** A plain message, which nobody waits for; `arg` is the argument where `count` is 1, else their list. */
export function admitPlain(
  cell: Cell,
  handler: Handler,
  count: number,
  arg: unknown,
  from: Sender | null,
): void {
  const { mailbox, host } = cell
  if (cell.state >= State.stopping || mailbox.full) admit(cell, plainEnvelope(handler, count, arg, from))
  else {
    if (host.meter.accepts()) putTimed(cell, plainEnvelope(handler, count, arg, from))
    else mailbox.put(handler, count, arg, from)
    if (cell.nextReady === null && cell.canTurn) host.scheduler.ready(cell)
  }
}

function putTimed(cell: Cell, envelope: Envelope): void {
  cell.host.meter.sample(envelope)
  cell.mailbox.putEnvelope(envelope)
}

export function admit(cell: Cell, envelope: Envelope): void {
  if (cell.state >= State.stopping) {
    cell.host.delivery.refuse(cell.path, envelope, 'gone', gone(cell.path, envelope.handler.name))
    return
  }
  if (envelope.handler.internal) cell.mailbox.putSystem(envelope)
  else if (cell.mailbox.full) overflow(cell, envelope)
  else enter(cell, envelope)
  if (cell.canTurn) cell.host.scheduler.ready(cell)
}

/** One who offers has asked to wait for room, unless older messages make room at once. */
function overflow(cell: Cell, envelope: Envelope): void {
  const offered = envelope.reply?.kind === 'offer' && cell.overflow !== 'drop-oldest'
  POLICIES[offered ? 'park' : cell.overflow](cell, envelope)
}
