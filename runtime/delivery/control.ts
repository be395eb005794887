/**
 * The control plane: what the runtime of one thread asks of another. Every call ends with a result, an
 * error, its deadline or the loss of the thread.
 */
import { NeuroplexError } from '../../protocols/errors.ts'
import { isTrivial } from '../../protocols/payload/scan.ts'
import { toError } from '../../protocols/payload/wire-error.ts'
import type { Host } from '../threads/host.ts'
import { Pending } from './pending.ts'

// biome-ignore lint/suspicious/noExplicitAny: each verb has an argument type of its own.
export type ControlHandler = (argument: any, from: number) => unknown

export class Control {
  readonly #host: Host
  readonly #handlers = new Map<string, ControlHandler>()

  constructor(host: Host) {
    this.#host = host
  }

  /** Says how this thread answers a verb. */
  on(verb: string, handler: ControlHandler): void {
    this.#handlers.set(verb, handler)
  }

  call(
    thread: number,
    verb: string,
    argument: unknown,
    timeoutMs = this.#host.limits.controlMs,
  ): Promise<unknown> {
    if (thread === this.#host.thread) return this.#handle(verb, argument, thread)
    return new Promise((resolve, reject) => {
      const { clock, deadlines, links } = this.#host
      const call = {
        target: { path: `thread ${thread}` },
        method: verb,
        kind: 'ask' as const,
        timeoutMs,
        deadline: clock.now() + timeoutMs,
      }
      const pending = new Pending(call, deadlines, resolve, reject)
      links.control(thread, links.expect(pending, thread), verb, argument)
    })
  }

  /** A call from another thread. */
  arrived(from: number, id: number, verb: string, argument: unknown): void {
    const { links } = this.#host
    this.#handle(verb, argument, from).then(
      (value) => links.reply(from, id, value, !isTrivial(value)),
      (error) => links.error(from, id, toError(error)),
    )
  }

  async #handle(verb: string, argument: unknown, from: number): Promise<unknown> {
    const handler = this.#handlers.get(verb)
    if (handler === undefined)
      throw new NeuroplexError(
        'UNKNOWN_VERB',
        `thread ${this.#host.thread} does not know the control call "${verb}"`,
      )
    return handler(argument, from)
  }
}
