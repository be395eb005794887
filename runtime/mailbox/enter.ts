import type { Cell } from '../actor/cell.ts'
import type { Envelope } from './envelope.ts'

/** Puts a message into a mailbox that has room; an offer is thereby fulfilled. */
export function enter(cell: Cell, envelope: Envelope): void {
  cell.mailbox.putEnvelope(envelope)
  if (cell.host.meter.accepts()) cell.host.meter.sample(envelope)
  const { reply } = envelope
  if (reply !== null && reply.kind === 'offer') {
    envelope.reply = null
    reply.resolve(undefined, false)
  }
}
