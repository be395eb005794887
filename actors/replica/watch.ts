/**
 * Reading what changes at the reader's own pace: whoever is slow skips what came in between, so that
 * nothing piles up.
 */

/** Something that tells its listeners that it is not what it was. */
export class Signal {
  readonly #listeners = new Set<() => void>()

  on(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  emit(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

/**
 * What `read` gives now, and again each time that `changed` has told so since, until `over`. Leaving the
 * loop ends it as well.
 */
export async function* newest<T>(read: () => T, changed: Signal, over: () => boolean): AsyncGenerator<T> {
  let stale = true
  let wake: () => void = () => undefined
  const end = changed.on(() => {
    stale = true
    wake()
  })
  try {
    while (!over()) {
      if (stale) {
        stale = false
        yield read()
      } else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    end()
  }
}
