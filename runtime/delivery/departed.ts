/**
 * What the actors of a thread were called that are gone but may still be written to by others, so that
 * dead letters name them. Messages carry no path; only the newest names are kept.
 */

/** Names that are kept; a message to one that went before them tells its thread only. */
export const NAMES_KEPT = 10_000

/** An actor that is gone, as others may still address it. */
export interface Named {
  readonly serial: number
  readonly path: string
}

export class Departed {
  readonly #limit: number
  /** Oldest first. */
  readonly #paths = new Map<number, string>()

  constructor(limit = NAMES_KEPT) {
    this.#limit = limit
  }

  add(serial: number, path: string): void {
    this.#paths.set(serial, path)
    if (this.#paths.size <= this.#limit) return
    for (const oldest of this.#paths.keys()) {
      this.#paths.delete(oldest)
      break
    }
  }

  path(serial: number): string | undefined {
    return this.#paths.get(serial)
  }
}
