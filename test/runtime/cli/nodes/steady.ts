/** A node that works: one actor tells another something every few milliseconds, and fails it now and then. */
import { Actor, type ActorRef, child, supervisor } from '../../../../runtime/index.ts'

export class Counter extends Actor {
  #total = 0

  add(amount: number): number {
    this.#total += amount
    return this.#total
  }

  fail(): void {
    throw new Error('asked to fail')
  }
}

export class Feeder extends Actor {
  #turns = 0

  override onStart() {
    this.context.timers.every(10, () => this.#feed())
  }

  async #feed(): Promise<void> {
    const counter = (await this.context.lookup('/user/root/counter')) as ActorRef<Counter> | undefined
    this.#turns += 1
    if (this.#turns % 20 === 0) counter?.tell.fail()
    else counter?.tell.add(1)
  }
}

export default supervisor({
  intensity: { restarts: 1_000, withinMs: 1_000 },
  children: { counter: child(Counter), feeder: child(Feeder) },
})
