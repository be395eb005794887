/**
 * What code of one thread of one system shares beside messages, as a service its tables: made on each
 * thread when first asked for, and gone with the thread.
 */
import type { Scope } from './types.ts'

/** Where a scope leads to what its thread keeps. */
export const LOCALS: unique symbol = Symbol('neuroplex.locals')

export class ThreadLocal<T> {
  readonly #make: () => T

  constructor(make: () => T) {
    this.#make = make
  }

  /** The value of the thread on which this is called, in the system that the scope belongs to. */
  of(scope: Scope): T {
    const locals = scope[LOCALS]
    if (!locals.has(this)) locals.set(this, this.#make())
    return locals.get(this) as T
  }
}
