/** The context is the actor's own, and an actor knows its own type. */
import { Actor, type ActorRef } from '../../../runtime/index.ts'
import { Counter } from '../actors.ts'

export class Teller extends Actor<Teller> {
  async report(counter: ActorRef<Counter>): Promise<void> {
    // expect TS2339
    this.context.self.tell.missing()
    // expect TS2322
    const own: ActorRef<Teller> = await this.context.spawn(Counter)
  }
}

export function peek(teller: Teller): void {
  // expect TS2445
  teller.context.log.info('from outside')
}
