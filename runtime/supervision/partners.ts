/**
 * Links between actors that can only work together: when one fails, restarted or not, the other fails
 * as well. A link ends with the failure; whoever starts again links again.
 */

import { LinkedActorError } from '../../protocols/errors.ts'
import type { Exit } from '../../protocols/exit.ts'
import type { Cell } from '../actor/cell.ts'
import type { Ref, Target } from '../actor/ref.ts'
import { State } from '../actor/state.ts'
import { gone } from '../delivery/failures.ts'
import type { Host } from '../threads/host.ts'

export class Partners {
  readonly #host: Host
  readonly #partners = new Map<Cell, Map<string, Ref>>()

  constructor(host: Host) {
    this.#host = host
  }

  link(cell: Cell, partner: Ref): void {
    this.#add(cell, partner)
    if (partner.cell !== null) this.#accept(partner.cell, cell.ref)
    else
      this.#host.links.notice(partner.thread, 'link', {
        serial: partner.serial,
        path: partner.path,
        from: cell.ref,
      })
  }

  /** Another thread's actor links itself to one of this thread. */
  linkedFrom(serial: number, path: string, from: Ref): void {
    const cell = this.#host.exported(serial)
    // One whose supervisor may yet bring it back is linked once that is decided.
    if (this.#host.arrivals.whenDecided(serial, () => this.linkedFrom(serial, path, from))) return
    if (cell !== undefined) this.#accept(cell, from)
    else this.#tell(from, goneBefore(path), serial)
  }

  /** The instance of `cell` has ended. */
  left(cell: Cell, exit: Exit): void {
    const partners = this.#partners.get(cell)
    if (partners === undefined) return
    this.#partners.delete(cell)
    for (const partner of partners.values()) this.#tell(partner, exit, cell.serial, cell.thread)
  }

  /** A partner of an actor of this thread has ended: stopped in peace, or not. */
  partnerLeft(
    serial: number,
    partner: { thread: number; serial: number },
    exit: Exit,
    cell = this.#host.exported(serial),
  ): void {
    if (cell === undefined) return
    const linked = this.#partners.get(cell)?.delete(keyOf(partner))
    if (linked === true && exit.kind !== 'stopped') this.#fail(cell, exit)
  }

  threadLost(thread: number): void {
    for (const [cell, partners] of [...this.#partners])
      for (const partner of partners.values())
        if (partner.thread === thread)
          this.partnerLeft(cell.serial, partner, { kind: 'thread-lost', path: partner.path }, cell)
  }

  #accept(cell: Cell, from: Ref): void {
    if (cell.state === State.stopped) this.#tell(from, goneBefore(cell.path), cell.serial, cell.thread)
    else this.#add(cell, from)
  }

  #add(cell: Cell, partner: Ref): void {
    cell.extras.linked = true
    const partners = this.#partners.get(cell) ?? new Map<string, Ref>()
    this.#partners.set(cell, partners)
    partners.set(keyOf(partner), partner)
  }

  #tell(target: Ref, exit: Exit, serial: number, thread = this.#host.thread): void {
    const partner = { thread, serial }
    if (target.cell !== null) this.partnerLeft(target.serial, partner, exit, target.cell)
    else this.#host.links.notice(target.thread, 'partner-left', { serial: target.serial, partner, exit })
  }

  #fail(cell: Cell, exit: Exit): void {
    const error = new LinkedActorError(`${exit.path} is linked to ${cell.path} and ended: ${exit.kind}`, {
      target: exit.path,
      cause: exit.error,
    })
    cell.fail({ kind: 'failed', path: cell.path, error })
  }
}

/** Whoever links itself to an actor that is no more can't do its work either, however that one ended. */
function goneBefore(path: string): Exit {
  return { kind: 'failed', path, error: gone(path, 'link') }
}

function keyOf(target: Pick<Target, 'thread' | 'serial'>): string {
  return `${target.thread}:${target.serial}`
}
