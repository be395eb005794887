/**
 * What only some actors need; most cells have none of it.
 */
import type { Exit } from '../../protocols/exit.ts'
import type { RestartWindow } from '../../protocols/restart/intensity.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { StreamSources } from '../delivery/stream-sources.ts'
import type { Envelope } from '../mailbox/envelope.ts'
import type { Family } from '../supervision/family.ts'
import type { FrontRef } from './front-ref.ts'

export class Extras {
  /** By what its parent calls it, where that isn't its serial. */
  key: ChildKey | null = null
  path: string | null = null
  /** Restarts so far. */
  restarts = 0
  /** The reference in front of it, where its class has one. */
  front: FrontRef | null = null
  family: Family | null = null
  streams: StreamSources | null = null
  context: unknown = null
  /** Whether it is linked to others, which are told when its instance ends. */
  linked = false
  /** Whether other threads may address it. */
  exported = false
  /** Calls whose handlers have begun and not ended. */
  underWay: Set<Envelope> | null = null
  /** What its family counts of its restarts. */
  window: RestartWindow | null = null
  stopping: Promise<void> | null = null
  /** Why it is gone, once it is. */
  exit: Exit | null = null
  idle: (() => void) | null = null
  #leases: Set<() => void> | null = null
  #watchers: Set<(exit: Exit) => void> | null = null

  /** Ends what belongs to the present instance: timers, watches, subscriptions. */
  get leases(): Set<() => void> {
    this.#leases ??= new Set()
    return this.#leases
  }

  /** Called once when the actor is gone for good. */
  get watchers(): Set<(exit: Exit) => void> {
    this.#watchers ??= new Set()
    return this.#watchers
  }

  /** Whether something has to be seen to when the instance ends. */
  get binds(): boolean {
    return (
      this.linked ||
      this.context !== null ||
      this.family !== null ||
      this.streams !== null ||
      this.#leases !== null ||
      this.#watchers !== null
    )
  }

  /** Ends what belongs to the present instance. */
  endLeases(): void {
    if (this.#leases === null) return
    for (const end of [...this.#leases]) end()
    this.#leases.clear()
  }

  tellWatchers(exit: Exit): void {
    if (this.#watchers !== null) for (const watcher of this.#watchers) watcher(exit)
  }
}
