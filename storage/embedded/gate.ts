/** Lets calls pass in their order while there is room for what they weigh, and holds the others back. */
import { StorageBusyError } from '../../protocols/errors.ts'

export class Gate {
  readonly #room: number
  readonly #maxWaiting: number
  #inside = 0
  readonly #waiting = new Set<{ weight: number; pass: () => void }>()

  constructor(room: number, maxWaiting: number) {
    this.#room = room
    this.#maxWaiting = maxWaiting
  }

  /** Runs `pass` now or later, when it is its turn. Throws StorageBusyError when too many wait. */
  enter(weight: number, pass: () => void): void {
    if (this.#waiting.size === 0 && this.#fits(weight)) {
      this.#inside += weight
      return pass()
    }
    if (this.#waiting.size >= this.#maxWaiting)
      throw new StorageBusyError(
        `${this.#waiting.size} calls wait for the storage already: await some before making more, or raise limits.waitingCalls`,
        { mayHaveRun: false },
      )
    this.#waiting.add({ weight, pass })
  }

  leave(weight: number): void {
    this.#inside -= weight
    for (const next of this.#waiting) {
      if (!this.#fits(next.weight)) return
      this.#waiting.delete(next)
      this.#inside += next.weight
      next.pass()
    }
  }

  /** Something larger than the room passes alone. */
  #fits(weight: number): boolean {
    return this.#inside === 0 || this.#inside + weight <= this.#room
  }
}
