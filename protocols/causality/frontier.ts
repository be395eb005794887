/**
 * The operations that no other applied one comes after: to come after these is to come after all.
 *
 * A new operation names them as its dependencies, which stay few, however many nodes there are.
 */
import type { CausalOperation, OperationId } from './operation.ts'
import type { ReadonlyVectorClock } from './vector-clock.ts'

export class Frontier {
  readonly #heads: Map<string, number>

  /** After a restart the last operation of every node counts as one that none comes after, which is safe. */
  constructor(applied: ReadonlyVectorClock) {
    this.#heads = new Map(applied.clocks)
  }

  /** The operation was applied. What it names is behind it, and so is all that those came after. */
  add({ id, dependencies }: CausalOperation): void {
    for (const { node, counter } of dependencies)
      if ((this.#heads.get(node) ?? 0) <= counter) this.#heads.delete(node)
    this.#heads.set(id.node, id.counter)
  }

  /** One id per node, the highest of the frontier and of `named`, without those of `own`. */
  dependencies(own: string, named: readonly OperationId[]): OperationId[] {
    const last = new Map(this.#heads)
    for (const { node, counter } of named) if (counter > (last.get(node) ?? 0)) last.set(node, counter)
    last.delete(own)
    return Array.from(last, ([node, counter]) => ({ node, counter }))
  }
}
