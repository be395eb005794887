/** A generic handler would lose its types on the way, so it can't be called through a reference. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Counter } from '../actors.ts'

export async function call(counter: ActorRef<Counter>): Promise<void> {
  // expect TS2339
  await counter.ask.echo('text')
}
