/**
 * What a thread reports of its actors: restarts and exits, to the log and to whoever listens.
 */
import type { Exit } from '../../protocols/exit.ts'
import type { SystemEvents } from '../actor/types.ts'
import type { Child } from '../supervision/child.ts'
import type { Host } from '../threads/host.ts'

export class Events {
  readonly #host: Host
  readonly #forward: <E extends keyof SystemEvents>(event: E, content: SystemEvents[E]) => void
  /** Exits are many; they are sent on only while somebody listens. */
  exitsWanted = false

  constructor(
    host: Host,
    forward: <E extends keyof SystemEvents>(event: E, content: SystemEvents[E]) => void,
  ) {
    this.#host = host
    this.#forward = forward
  }

  /** @param budget how many restarts that makes, of how many, in words */
  restarted(child: Child, exit: Exit, count: number, budget: string): void {
    this.#host.meter.restarts++
    const type = child.type.name
    if (this.#host.log.enabled('warn'))
      this.#host.log.warn(
        { actor: child.path, type, exit: exit.kind, count, budget, err: exit.error },
        `restarted ${child.path} (${budget}): ${exit.error?.message ?? exit.kind}`,
      )
    this.#forward('restart', { path: child.path, type, exit, count })
  }

  exited(exit: Exit): void {
    if (this.exitsWanted) this.#forward('exit', exit)
  }
}
