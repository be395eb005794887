/** What an actor is given: itself with its own type, timers, children, and references of others. */
import { Actor, type ActorRef, type Exit } from '../../../runtime/index.ts'
import { Counter } from '../actors.ts'

export class Teller extends Actor<Teller> {
  static override reentrant = true
  readonly #log = this.context.log

  async report(counter: ActorRef<Counter>): Promise<number> {
    const self: ActorRef<Teller> = this.context.self
    const own: ActorRef<Counter> = await this.context.spawn(Counter, { args: [1] })
    this.context.watch(own, (exit: Exit) => this.#log.info(exit.path))
    const cancel: () => void = this.context.timers.every(100, () => self.tell.note('tick'))
    await this.context.sleep(10 * this.context.random())
    cancel()
    const left: number = this.context.deadline - this.context.now()
    this.#log.info({ left, at: new Date(this.context.wall()) }, 'rested')
    return counter.ask.add(await own.ask.add(1))
  }

  note(text: string): void {
    this.#log.info({ text }, 'noted')
  }

  override onStop(exit: Exit): void {
    this.#log.info(exit.kind)
  }
}

export class Loose extends Actor {
  me(): string {
    return this.context.self.path
  }
}
