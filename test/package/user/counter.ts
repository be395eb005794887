import { Actor } from 'neuroplex'

export class Counter extends Actor {
  #total = 0

  add(n: number) {
    return (this.#total += n)
  }

  async *countdown(from: number) {
    while (from) yield from--
  }
}
