/**
 * Finds what an operation that was applied sets free.
 *
 * A waiter is filed under one operation that it lacks, and moves on to its next one when that is applied.
 * Each of its needs is so looked at once, however many others wait.
 */
import type { OperationId } from './operation.ts'
import type { ReadonlyVectorClock } from './vector-clock.ts'

export interface Waiter {
  readonly needs: readonly OperationId[]
  /** How many of `needs`, from the first on, are known to be applied. Begins with 0. */
  met: number
}

export class WaitIndex<W extends Waiter> {
  readonly #applied: ReadonlyVectorClock
  readonly #filed = new Map<string, Map<number, Set<W>>>()

  constructor(applied: ReadonlyVectorClock) {
    this.#applied = applied
  }

  /** Whether all that it needs is applied. */
  isMet(waiter: W): boolean {
    const { needs } = waiter
    while (waiter.met < needs.length && this.#isApplied(needs[waiter.met]!)) waiter.met++
    return waiter.met === needs.length
  }

  /** Files a waiter that is not met yet. */
  add(waiter: W): void {
    const { node, counter } = waiter.needs[waiter.met]!
    let ofNode = this.#filed.get(node)
    if (ofNode === undefined) this.#filed.set(node, (ofNode = new Map()))
    const waiters = ofNode.get(counter)
    if (waiters === undefined) ofNode.set(counter, new Set([waiter]))
    else waiters.add(waiter)
  }

  delete(waiter: W): void {
    const need = waiter.needs[waiter.met]
    const waiters = need && this.#filed.get(need.node)?.get(need.counter)
    if (!waiters?.delete(waiter) || waiters.size > 0) return
    this.#forget(need!)
  }

  /** Those that now lack nothing, in the order in which they came; `id` has been applied. */
  release(id: OperationId): W[] {
    const waiters = this.#filed.get(id.node)?.get(id.counter)
    if (waiters === undefined) return []
    this.#forget(id)
    const free: W[] = []
    for (const waiter of waiters)
      if (this.isMet(waiter)) free.push(waiter)
      else this.add(waiter)
    return free
  }

  #isApplied({ node, counter }: OperationId): boolean {
    return this.#applied.get(node) >= counter
  }

  #forget({ node, counter }: OperationId): void {
    const ofNode = this.#filed.get(node)
    ofNode?.delete(counter)
    if (ofNode?.size === 0) this.#filed.delete(node)
  }
}
