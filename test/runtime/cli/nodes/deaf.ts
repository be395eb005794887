/** A node whose only actor does not end when it is told to. */
import { Actor, child, supervisor } from '../../../../runtime/index.ts'

export class Deaf extends Actor {
  override async onStop(): Promise<void> {
    await new Promise(() => {})
  }
}

export default supervisor({ children: { deaf: child(Deaf, [], { shutdownMs: 600_000 }) } })
