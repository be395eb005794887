/** Actors for the tests of what code on one thread shares. */
import { Actor, type ActorRef, ThreadLocal } from '../../runtime/index.ts'
import type { Recorder } from './basics.ts'

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

/** Tells another actor when its instance ends. */
export class Deferring extends Actor<Deferring> {
  constructor(log: ActorRef<Recorder>) {
    super()
    this.context.defer(() => log.tell.hear('ended'))
  }

  settled(): void {}

  boom(): never {
    throw new Error('boom')
  }
}
