/** A handler that the class doesn't have. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Counter } from '../actors.ts'

export function call(counter: ActorRef<Counter>): void {
  // expect TS2551
  counter.tell.addd(1)
  // expect TS2339
  void counter.ask.missing()
  // expect TS2339
  void counter.offer.missing()
  // expect TS2339
  void counter.stream.missing()
  // expect TS2339
  void counter.within(5).ask.missing()
}
