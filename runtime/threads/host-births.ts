/**
 * How a thread comes by actors whose supervisors live on other threads.
 *
 *   first start           begin(birth)      the actor is made, and an instance of it
 *   restart               begin-again       another instance of the same actor
 *   its thread was lost   take-over(birth)  the successor makes the actor under its old serial, without
 *                                           an instance: it holds messages, is watched and can be stopped
 *                                           until its supervisor has it begin again or gives it up
 */
import { ActorGoneError } from '../../protocols/errors.ts'
import type { Exit } from '../../protocols/exit.ts'
import { toError } from '../../protocols/payload/wire-error.ts'
import type { Cell } from '../actor/cell.ts'
import type { BirthMessage } from '../supervision/child.ts'
import { RemoteParent } from '../supervision/parent.ts'
import type { Host } from './host.ts'

/** Starts an actor for the first time. Returns its serial. */
export async function begin(host: Host, birth: BirthMessage): Promise<number> {
  const cell = createFrom(host, birth)
  try {
    await cell.begin()
  } catch (error) {
    await cell.stop(failure(cell, error))
    throw error
  }
  return cell.serial
}

export async function beginAgain(host: Host, serial: number): Promise<void> {
  const cell = cellAt(host, serial)
  try {
    await cell.begin()
  } catch (error) {
    await cell.suspend(failure(cell, error))
    throw error
  }
}

export function takeOver(host: Host, birth: BirthMessage): void {
  const cell = createFrom(host, birth)
  cell.takeOver(birth.restarts)
  host.arrivals.arrived(cell)
}

/** The actor of this thread with that serial. Throws ActorGoneError where there is none. */
export function cellAt(host: Host, serial: number): Cell {
  const cell = host.exported(serial)
  if (cell === undefined) throw new ActorGoneError('the actor has stopped')
  return cell
}

function createFrom(host: Host, birth: BirthMessage): Cell {
  const { args, mailbox, shutdownMs, key, path, serial } = birth
  const type = host.registry.byName(birth.type)
  const parent = new RemoteParent(host.links, birth.parent, key, path)
  // Whether and where it comes back is up to its parent.
  const fate = { restart: undefined, pool: undefined, thread: undefined }
  return host.create({ type, args, mailbox, shutdownMs, ...fate }, parent, key, serial)
}

function failure(cell: Cell, error: unknown): Exit {
  return { kind: 'failed', path: cell.path, error: toError(error) }
}
