/** Actors for the tests of what code on one thread shares. */
import { Actor, ThreadLocal } from '../../runtime/index.ts'

const visits = new ThreadLocal(() => ({ count: 0 }))

export class Visitor extends Actor<Visitor> {
  visit(): number {
    return ++visits.of(this.context).count
  }

  endThread(): void {
    process.exit(1)
  }

  thread(): number {
    return this.context.thread
  }
}
