import type { Cell } from '../actor/cell.ts'
import { enter } from './enter.ts'
import type { Envelope } from './envelope.ts'
import { refuseNew } from './refuse.ts'

/** The message waits outside, in order, until there is room; so does whoever awaits it. */
export function park(cell: Cell, envelope: Envelope): void {
  if (cell.mailbox.parked.length >= cell.host.limits.parkedSenders) refuseNew(cell, envelope)
  else cell.mailbox.parked.put(envelope)
}

/** Lets those in who waited for room. */
export function unpark(cell: Cell): void {
  const { mailbox } = cell
  while (!mailbox.full) {
    const envelope = mailbox.parked.take()
    if (envelope === null) return
    enter(cell, envelope)
  }
}
