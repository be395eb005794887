/** Work that is done together: all that comes while the disk is busy shares the next wait for it. */
import { Gate } from '../embedded/gate.ts'

interface Call<T> {
  readonly item: T
  readonly weight: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface GroupOptions<T> {
  /** What may be on its way at a time, and how much may wait for room. */
  readonly room: number
  readonly maxWaiting: number
  /** A group takes no more once it has this weight, so that the first in it need not wait long. */
  readonly groupWeight: number
  readonly write: (items: readonly T[]) => Promise<void>
}

export class Group<T> {
  readonly #options: GroupOptions<T>
  readonly #gate: Gate
  #queue: Call<T>[] = []
  #draining: Promise<void> | undefined
  #weight = 0

  constructor(options: GroupOptions<T>) {
    this.#options = options
    this.#gate = new Gate(options.room, options.maxWaiting)
  }

  /** Of all that has not been written yet. */
  get weight(): number {
    return this.#weight
  }

  /** Resolves when it has been written, in the order of the calls. Throws StorageBusyError when too many wait. */
  add(item: T, weight: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const call = { item, weight, resolve, reject }
    this.#gate.enter(weight, () => {
      this.#queue.push(call)
      // What comes in the same turn goes into the first group too.
      this.#draining ??= Promise.resolve().then(() => this.#drain())
    })
    this.#weight += weight
    return promise
  }

  /** Resolves when all that came before has been written, or could not be. */
  async idle(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const calls = this.#take()
      let failure: { readonly error: unknown } | undefined
      try {
        await this.#options.write(calls.map(({ item }) => item))
      } catch (error) {
        failure = { error }
      }
      for (const call of calls) {
        if (failure === undefined) call.resolve()
        else call.reject(failure.error)
        this.#weight -= call.weight
        this.#gate.leave(call.weight)
      }
    }
    this.#draining = undefined
  }

  #take(): Call<T>[] {
    let weight = 0
    let count = 0
    for (const call of this.#queue) {
      if (count > 0 && weight + call.weight > this.#options.groupWeight) break
      weight += call.weight
      count += 1
    }
    return this.#queue.splice(0, count)
  }
}
