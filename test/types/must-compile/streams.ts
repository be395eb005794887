/** Generator handlers give streams of what they yield, also with a deadline of their own. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Counter } from '../actors.ts'

export async function read(counter: ActorRef<Counter>): Promise<string> {
  let sum = 0
  for await (const n of counter.stream.countdown(3)) sum += n
  let letters = String(sum)
  for await (const letter of counter.within(50).stream.letters()) letters += letter
  return letters
}
