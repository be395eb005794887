/** The actors that the cases of this folder call, rightly or wrongly. */
import { Actor } from '../../runtime/index.ts'

export class Counter extends Actor<Counter> {
  #total: number

  constructor(start = 0) {
    super()
    this.#total = start
  }

  add(n: number): number {
    return (this.#total += n)
  }

  async addLater(n: number, note?: string): Promise<{ total: number; note: string }> {
    return { total: this.#grow(n), note: note ?? '' }
  }

  async *countdown(from: number): AsyncGenerator<number> {
    for (let n = from; n > 0; n--) yield n
  }

  *letters(): Generator<string> {
    yield* 'abc'
  }

  echo<T>(value: T): T {
    return value
  }

  #grow(n: number): number {
    return (this.#total += n)
  }

  override onStart(): void {
    this.#total = 0
  }
}

export class Account extends Actor<Account> {
  readonly #owner: string
  readonly #limit: number

  constructor(owner: string, limit: number) {
    super()
    this.#owner = owner
    this.#limit = limit
  }

  terms(): { owner: string; limit: number } {
    return { owner: this.#owner, limit: this.#limit }
  }
}
