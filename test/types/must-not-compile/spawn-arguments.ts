/** Constructor arguments and options that the class or the spawn don't take. */
import type { ActorSystem } from '../../../runtime/index.ts'
import { Account, Counter } from '../actors.ts'

export async function spawning(system: ActorSystem): Promise<void> {
  // expect TS2322
  await system.spawn(Counter, { args: ['five'] })
  // expect TS2322
  await system.spawn(Account, { args: ['ann'] })
  // expect TS2322
  await system.spawn(Counter, { restart: 'always' })
  // expect TS2353
  await system.spawn(Counter, { title: 'counter' })
  // expect TS2345
  await system.spawn(Date)
  // expect TS2345
  await system.spawn(new Counter())
}
