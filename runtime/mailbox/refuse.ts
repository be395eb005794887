import type { Cell } from '../actor/cell.ts'
import { mailboxFull } from '../delivery/failures.ts'
import type { Envelope } from './envelope.ts'

/** The new message is refused: its asker gets an error, a tell becomes a dead letter. */
export function refuseNew(cell: Cell, envelope: Envelope): void {
  const error = mailboxFull(cell.path, envelope.handler.name, cell.mailbox.length)
  cell.host.delivery.refuse(cell.path, envelope, 'mailbox-full', error)
}
