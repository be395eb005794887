/** Spawning a class gives a reference of its type; the arguments are those of its constructor. */
import { type ActorRef, ActorSystem } from '../../../runtime/index.ts'
import { Account, Counter } from '../actors.ts'

export async function spawning(): Promise<void> {
  await using system = await ActorSystem.start({ threads: 0, limits: { askTimeoutMs: 1_000 } })
  const counter: ActorRef<Counter> = await system.spawn(Counter)
  const other: ActorRef<Counter> = await system.spawn(Counter, {
    args: [5],
    name: 'other',
    restart: 'transient',
  })
  const account = await system.spawn(Account, { args: ['ann', 10], mailbox: { size: 5, overflow: 'park' } })
  const owner: string = (await account.ask.terms()).owner
  const found: ActorRef | undefined = await system.lookup(
    counter.equals(other) ? counter.path : `/user/${owner}`,
  )
  const forget: () => void = system.watch(account, (exit) => exit.kind === 'failed' && exit.error?.message)
  system.on('restart', ({ path, count }) => `${path} ${count}`)
  forget()
  if (found) await system.stop(found)
}
