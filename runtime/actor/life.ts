/**
 * What a cell keeps of its actor.
 *
 * It is made as an object literal, not by a class: of literals alone the engine learns that those made at
 * one place stay, and makes them where long-lived objects are. So the garbage collector doesn't move a
 * million of them twice, at the price of one more step from a cell to each of its fields.
 */
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { ChildPlan, Standing } from '../supervision/child.ts'
import type { Parent } from '../supervision/parent.ts'
import type { Host } from '../threads/host.ts'
import type { Actor } from './actor.ts'
import type { Cell } from './cell.ts'
import type { Extras } from './extras.ts'
import type { Facets } from './ref.ts'
import type { State } from './state.ts'

export interface Life extends Facets {
  readonly host: Host
  readonly plan: ChildPlan
  readonly parent: Parent
  readonly serial: number
  /** Its place in the directory that other threads can read. */
  entry: number
  state: State
  /** Turns that have begun and not ended. */
  busy: number
  /** Where it stands among its siblings. */
  place: number
  /** How it stands with its family, where that lives on this thread. */
  standing: Standing
  /** Null while it has none: before its start, during a restart, and at its end. */
  instance: Actor | null
  /** The actor behind it in the run queue, whose last leads to the first; null while it isn't queued. */
  nextReady: Cell | null
  extras: Extras | null
  /** Null until the first message comes. */
  mailbox: Mailbox | null
}
