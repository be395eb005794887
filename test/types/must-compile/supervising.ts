/** A supervisor knows its children by name, each with its own type. */
import { type ActorRef, type ActorSystem, child, supervisor } from '../../../runtime/index.ts'
import { Account, Counter } from '../actors.ts'

const Bank = supervisor({
  strategy: 'rest-for-one',
  intensity: { restarts: 3, withinMs: 5_000 },
  backoffMs: [10, 1_000],
  children: {
    counter: child(Counter),
    account: child(Account, ['ann', 10], { restart: 'permanent', shutdownMs: 100 }),
  },
})

export async function supervising(system: ActorSystem): Promise<number> {
  const bank = await system.spawn(Bank, { name: 'bank' })
  const counter: ActorRef<Counter> = await bank.child('counter')
  const account: ActorRef<Account> = await bank.child('account')
  const second: ActorRef<Account> = await bank.startChild('second', child(Account, ['bob', 20]))
  await bank.stopChild('second')
  for (const { name, ref } of await bank.children()) if (ref.equals(second)) return name.length
  return (await counter.ask.add(1)) + (await account.ask.terms()).limit
}
