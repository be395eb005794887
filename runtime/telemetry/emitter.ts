/**
 * Typed events. A listener that throws is reported and disturbs nobody else.
 */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(content: never) => void>>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  on<E extends keyof Events>(event: E, listener: (content: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener as (content: never) => void)
    return () => void listeners.delete(listener as (content: never) => void)
  }

  emit<E extends keyof Events>(event: E, content: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])])
      try {
        ;(listener as (content: Events[E]) => void)(content)
      } catch (error) {
        this.#onError(error)
      }
  }
}
