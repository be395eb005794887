/** A generator handler is read as a stream, and any other is asked. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Counter } from '../actors.ts'

export function call(counter: ActorRef<Counter>): void {
  // expect TS2339
  void counter.ask.countdown(3)
  // expect TS2339
  counter.tell.letters()
  // expect TS2339
  counter.stream.add(1)
  // expect TS2339
  counter.within(10).stream.addLater(1)
}
