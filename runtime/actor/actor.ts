import type { Exit } from '../../protocols/exit.ts'
import { bond, cellOf } from './bond.ts'
import { ActorContext } from './context.ts'
import type { Context, MailboxOptions } from './types.ts'

/**
 * The base class of all actors. Public methods are handlers; whatever else a class has is `#private`.
 *
 * One turn at a time: a handler that awaits holds the next message back, unless the class says
 * `static reentrant = true`. A handler that throws fails the actor, and its supervisor restarts it
 * with the rest of its queue; one that only wants to refuse throws `Refused`.
 *
 * @typeParam Self the class itself, where the type of `this.context.self` matters
 */
// biome-ignore lint/suspicious/noExplicitAny: a class that doesn't name itself gets a loosely typed self.
export abstract class Actor<Self = any> {
  /** Its name between threads; default the name under which a module exports it. */
  static type?: string
  /** Whether other messages are handled while a handler awaits; default false. */
  static reentrant?: boolean
  /** How often a message whose handler failed is run again after a restart; default 0. */
  static redeliver?: number
  /** Bound and overflow policy of its mailbox, where a spawn doesn't say otherwise. */
  static mailbox?: MailboxOptions

  constructor() {
    bond(this, new.target)
  }

  /** What the runtime offers to this actor. */
  protected get context(): Context<Self> {
    return ActorContext.of(cellOf(this)) as unknown as Context<Self>
  }

  /** Runs before the first message, and again after each restart. */
  onStart?(): void | Promise<void>

  /** Runs when the actor stops or is about to be restarted; `exit` says why. */
  onStop?(exit: Exit): void | Promise<void>
}
