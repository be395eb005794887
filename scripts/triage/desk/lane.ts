/** Work that is done one piece at a time, in the order in which it came. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}

/** Things that are lent to one at a time, and whoever finds none waits. */
export class Pool<T> {
  readonly #idle: T[]
  readonly #waiting: ((thing: T) => void)[] = []

  constructor(things: readonly T[]) {
    this.#idle = [...things]
  }

  async lend<R>(use: (thing: T) => Promise<R>): Promise<R> {
    const thing = this.#idle.pop() ?? (await new Promise<T>((resolve) => this.#waiting.push(resolve)))
    try {
      return await use(thing)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#idle.push(thing)
      else next(thing)
    }
  }
}

/**
 * Works on items of a stream, a bounded number at a time; the stream is asked for more only when one of
 * them is done. A worker that throws ends the stream and rejects; after `signal` no more are begun.
 */
export async function forEach<T>(
  items: AsyncIterableIterator<T> | IterableIterator<T>,
  atOnce: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const worker = async (): Promise<void> => {
    for await (const item of items) {
      if (signal.aborted) return
      await work(item)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
