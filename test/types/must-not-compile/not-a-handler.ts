/** What the runtime calls, or what the class keeps for itself, is no handler. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Counter } from '../actors.ts'

export function call(counter: ActorRef<Counter>): void {
  // expect TS2339
  counter.tell.onStart()
  // expect TS2339
  counter.tell.onStop({ kind: 'stopped', path: '/user/counter' })
  // expect TS2339
  counter.tell.context()
  // expect TS2339
  void counter.ask.#grow(1)
  // expect TS2339
  counter.add(1)
}
