/**
 * What a family keeps of one child. An actor of the same thread is its own record, its cell; for one
 * that lives on another thread a FarChild stands.
 */
import type { Exit } from '../../protocols/exit.ts'
import type { RestartWindow } from '../../protocols/restart/intensity.ts'
import type { Restart } from '../../protocols/restart/spec.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { ActorType } from '../actor/actor-type.ts'
import type { Cell } from '../actor/cell.ts'
import type { Ref } from '../actor/ref.ts'
import type { MailboxOptions } from '../actor/types.ts'

/** What a child is made from, at its start and at each restart. */
export interface ChildPlan {
  readonly type: ActorType
  readonly args: readonly unknown[]
  readonly mailbox: MailboxOptions
  readonly shutdownMs: number
  /** Undefined: restarted when it fails, gone when it stops itself. */
  readonly restart: Restart | undefined
  readonly pool: string | undefined
  readonly thread: number | undefined
}

/** A plan as it travels to another thread. */
export interface BirthMessage {
  readonly type: string
  readonly args: readonly unknown[]
  readonly mailbox: MailboxOptions
  readonly shutdownMs: number
  readonly parent: { thread: number; serial: number }
  readonly key: ChildKey
  readonly path: string
  /** Given where its thread was lost: the actor keeps its address. */
  readonly serial: number | undefined
  readonly restarts: number
}

/** How a child stands with its family; `gone` once the family keeps it no more. */
export type Standing = 'starting' | 'running' | 'down' | 'stopping' | 'gone'

export interface Child {
  readonly key: ChildKey
  readonly plan: ChildPlan
  readonly type: ActorType
  readonly path: string
  readonly thread: number
  /** Null until it has started for the first time. */
  readonly ref: Ref | null
  /** Null where it lives on another thread. */
  readonly cell: Cell | null
  standing: Standing
  /** Its restarts; null until the first. */
  window: RestartWindow | null
  /** Where it stands among its siblings. */
  place: number

  /** Makes the actor, or a new instance of it where it exists. */
  begin(): Promise<void> | undefined
  /** Ends the instance but keeps the actor and what waits for it. */
  suspend(exit: Exit): Promise<void> | undefined
  stop(exit: Exit): Promise<void> | undefined
  /** Ends an actor whose instance is gone already. */
  finish(exit: Exit): void
}
