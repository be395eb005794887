/**
 * How actors are named and addressed.
 *
 * A path (`/user/team/reader`) says where an actor stands in the tree and is for people. An address
 * (thread and serial) says where its messages go and is for the runtime: it stays the same when the
 * actor is restarted, also after its thread was replaced, and is never given to another actor.
 */
import { InvalidOptionError } from './errors.ts'

/** Where messages for an actor go. */
export interface Address {
  /** The number of the thread that hosts the actor; 0 is the thread that started the system. */
  readonly thread: number
  /** Unique on its thread, over all incarnations of that thread. */
  readonly serial: number
}

/** A reference as it travels: plain data. */
export interface WireRef extends Address {
  readonly type: string
  readonly path: string
}

/** The base class of all references, by which the payload code recognises them. */
export abstract class Reference {
  abstract readonly path: string
  abstract toWire(): WireRef
}

const NAME = /^[^/$\s][^/\s]{0,254}$/

/** Throws InvalidOptionError unless `name` can be one step of a path. */
export function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || !NAME.test(name))
    throw new InvalidOptionError(
      `${JSON.stringify(name)} can't be an actor's name: use 1 to 255 characters without "/" and white space, not starting with "$"`,
    )
}

/** The name that an actor spawned without one gets: `$` and its serial. */
export function anonymousName(serial: number): string {
  return `$${serial.toString(36)}`
}

/** Splits `/user/team/reader` into its steps; undefined where it is no path. */
export function splitPath(path: string): string[] | undefined {
  if (typeof path !== 'string' || !path.startsWith('/')) return undefined
  const steps = path.slice(1).split('/')
  return steps.every((step) => step.length > 0) ? steps : undefined
}
