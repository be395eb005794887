/** Promises of edits: one for all edits that go into the same commit. */
import { DocumentClosedError, NotKeptError } from './errors.ts'

type Deferred = PromiseWithResolvers<void> & { readonly sinceMs: number }

export class Waiters {
  readonly #document: string
  /** Of the edits that no commit has taken yet. */
  #next: Deferred | null = null
  /** Of commits that the keeper has not stored, by the hash of the change; oldest first. */
  readonly #unkept = new Map<string, Deferred>()

  constructor(document: string) {
    this.#document = document
  }

  /** Commits that are not stored. */
  get unkept(): number {
    return this.#unkept.size
  }

  get oldestMs(): number | undefined {
    for (const { sinceMs } of this.#unkept.values()) return sinceMs
    return undefined
  }

  /** Fulfilled once what was edited just now is stored. */
  next(nowMs: number): Promise<void> {
    this.#next ??= { ...Promise.withResolvers<void>(), sinceMs: nowMs }
    return this.#next.promise
  }

  /** A commit took all edits so far; without a hash it had nothing to write. */
  committed(hash: string | undefined): void {
    const next = this.#next
    this.#next = null
    if (next === null) return
    // Whoever does not await an edit must not end the process by not hearing that it was not kept.
    next.promise.catch(() => undefined)
    if (hash === undefined) next.resolve()
    else this.#unkept.set(hash, next)
  }

  /** Fulfilled once the change is stored. */
  of(hash: string, nowMs: number): Promise<void> {
    const waiter = this.#unkept.get(hash) ?? { ...Promise.withResolvers<void>(), sinceMs: nowMs }
    waiter.promise.catch(() => undefined)
    this.#unkept.set(hash, waiter)
    return waiter.promise
  }

  kept(hashes: readonly string[]): void {
    for (const hash of hashes) {
      this.#unkept.get(hash)?.resolve()
      this.#unkept.delete(hash)
    }
  }

  /** All that was committed is stored. Edits that no commit has taken go on waiting. */
  keptAll(): void {
    this.kept([...this.#unkept.keys()])
  }

  /** Gives up on what has waited since then or longer. */
  expire(sinceMs: number): void {
    for (const [hash, waiter] of this.#unkept) {
      if (waiter.sinceMs > sinceMs) return
      this.#unkept.delete(hash)
      waiter.reject(
        new NotKeptError(
          `the edit of ${this.#document} is applied here, but its keeper has not stored it in time; it will be sent again`,
          { mayHaveRun: true },
        ),
      )
    }
  }

  close(reason: string): void {
    const error = new DocumentClosedError(`${this.#document}: ${reason}`, { mayHaveRun: true })
    for (const waiter of [...this.#unkept.values(), ...(this.#next === null ? [] : [this.#next])]) {
      waiter.promise.catch(() => undefined)
      waiter.reject(error)
    }
    this.#unkept.clear()
    this.#next = null
  }
}
