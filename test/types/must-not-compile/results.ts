/** Results taken for something else than they are. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Counter } from '../actors.ts'

export async function call(counter: ActorRef<Counter>): Promise<void> {
  // expect TS2322
  const told: number = counter.tell.add(1)
  // expect TS2322
  const asked: number = counter.ask.add(1)
  // expect TS2322
  const text: string = await counter.ask.add(1)
  // expect TS2322
  const offered: number = await counter.offer.add(1)
  for await (const n of counter.stream.countdown(3)) {
    // expect TS2322
    const item: string = n
  }
}
