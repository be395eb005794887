import type { Cell } from '../actor/cell.ts'
import { enter } from './enter.ts'
import type { Envelope } from './envelope.ts'
import type { Rare } from './mailbox.ts'
import { refuseNew } from './refuse.ts'

/** The message waits outside, in order, until there is room; so does whoever awaits it. */
export function park(cell: Cell, envelope: Envelope): void {
  const { mailbox, host } = cell
  if (mailbox.parked >= host.limits.parkedSenders) refuseNew(cell, envelope)
  else mailbox.park(envelope)
}

/** Lets those in who waited for room. */
export function unpark(cell: Cell, { parked }: Rare): void {
  while (!cell.mailbox.full) {
    const envelope = parked.take()
    if (envelope === null) return
    enter(cell, envelope)
  }
}
