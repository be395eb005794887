/**
 * Who waits for what may take long, or never come where this validator can't go on. An actor ends only when its
 * handlers have, so those that wait would hold it up: they are told to ask another one.
 */
import { Refused } from '../../runtime/index.ts'
import { STARTING } from './reach.ts'

export class Waiting {
  readonly #rejects = new Set<(error: Error) => void>()
  #changed = Promise.withResolvers<void>()
  #isOver = false

  /** Nobody can wait here any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves when the chain goes on, or this validator ends. */
  get change(): Promise<void> {
    return this.#changed.promise
  }

  changed(): void {
    this.#changed.resolve()
    if (!this.#isOver) this.#changed = Promise.withResolvers()
  }

  for<T>(begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const leave = () => this.#rejects.delete(reject)
    this.#rejects.add(reject)
    promise.then(leave, leave)
    begin(resolve, reject)
    return promise
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.change
  }

  end(): void {
    this.#isOver = true
    for (const reject of this.#rejects) reject(new Refused(STARTING))
    this.#changed.resolve()
  }
}
