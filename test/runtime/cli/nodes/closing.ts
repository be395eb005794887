/** A node that ends by itself when its work is done. */
import type { ActorSystem } from '../../../../runtime/index.ts'

export default async function root(system: ActorSystem) {
  await system.shutdown()
}
