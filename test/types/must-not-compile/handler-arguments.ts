/** Arguments that the handler doesn't take. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Counter } from '../actors.ts'

export function call(counter: ActorRef<Counter>): void {
  // expect TS2345
  counter.tell.add('two')
  // expect TS2554
  void counter.ask.add()
  // expect TS2554
  void counter.offer.add(1, 2)
  // expect TS2345
  void counter.ask.addLater(1, 2)
  // expect TS2345
  counter.stream.countdown('three')
}
