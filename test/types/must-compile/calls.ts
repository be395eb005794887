/** Calls take the handler's parameters and give its result, or nothing. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Counter } from '../actors.ts'

export async function calls(counter: ActorRef<Counter>): Promise<void> {
  const total: number = await counter.ask.add(1)
  const later: { total: number; note: string } = await counter.ask.addLater(total)
  const quick: number = await counter.within(200).ask.add(later.total)
  const nothing: void = counter.tell.add(quick)
  const accepted: Promise<void> = counter.offer.addLater(1, 'note')
  await accepted
  return nothing
}
