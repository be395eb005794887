/** A child that the supervisor doesn't have, or that is of another class. */
import { type ActorRef, type ActorSystem, child, supervisor } from '../../../runtime/index.ts'
import { Account, Counter } from '../actors.ts'

const Bank = supervisor({ children: { counter: child(Counter), account: child(Account, ['ann', 1]) } })

export async function supervising(system: ActorSystem): Promise<void> {
  const bank = await system.spawn(Bank)
  // expect TS2345
  await bank.child('ledger')
  // expect TS2322
  const counter: ActorRef<Counter> = await bank.child('account')
  // expect TS2339
  await (await bank.child('counter')).ask.terms()
}
