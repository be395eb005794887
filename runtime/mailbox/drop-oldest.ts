import type { Cell } from '../actor/cell.ts'
import { enter } from './enter.ts'
import type { Envelope } from './envelope.ts'
import { refuseNew } from './refuse.ts'

/** The message that has waited longest makes room for the new one, and ends as a refused one would. */
export function dropOldest(cell: Cell, envelope: Envelope): void {
  const oldest = cell.mailbox.takeUser()
  if (oldest !== null) refuseNew(cell, oldest)
  enter(cell, envelope)
}
