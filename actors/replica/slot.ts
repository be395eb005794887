/**
 * Where code of a thread finds the replica actor that lives there. Edits are function calls, so this is
 * the one place where something reaches an actor without a message; it stays on its thread.
 */
import { ThreadLocal } from '../../runtime/index.ts'
import type { DocumentTable } from './table.ts'

class Slot {
  #table: DocumentTable | null = null
  #starting: Promise<void> | null = null
  readonly #waiting = new Set<(table: DocumentTable) => void>()

  /** To be called by the replica actor of this thread when it has started. */
  fill(table: DocumentTable): void {
    this.#table = table
    for (const resolve of this.#waiting) resolve(table)
    this.#waiting.clear()
  }

  /** To be called by the replica actor when its instance ends. */
  clear(table: DocumentTable): void {
    if (this.#table === table) this.#table = null
  }

  /**
   * The documents of this thread. Where no replica actor runs here, `start` is called once for all who ask
   * at the same time; it may resolve before the actor is back from a failure, which is then waited for.
   */
  async get(start: () => Promise<void>): Promise<DocumentTable> {
    if (this.#table !== null) return this.#table
    const table = new Promise<DocumentTable>((resolve) => this.#waiting.add(resolve))
    this.#starting ??= start().finally(() => {
      this.#starting = null
    })
    await this.#starting
    return table
  }
}

export const SLOT = new ThreadLocal(() => new Slot())
