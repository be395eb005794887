/** A node whose root is a function that returns the actor it depends on. */
import { Actor, type ActorSystem } from '../../../../runtime/index.ts'

export class Keeper extends Actor {
  answer(): number {
    return 42
  }
}

export default async function root(system: ActorSystem) {
  return await system.spawn(Keeper, { name: 'keeper', restart: 'temporary' })
}
