/** Routees, and an actor that routes to them. */

import { type Router, router, routerOver } from '../../../actors/router/index.ts'
import { Actor, type ActorRef } from '../../../runtime/index.ts'

export class Desk extends Actor<Desk> {
  readonly #prefix: string
  readonly #seen: string[] = []
  #open = Promise.withResolvers<void>()

  constructor(prefix = 'desk') {
    super()
    this.#prefix = prefix
  }

  serve(customer: string): string {
    this.#seen.push(customer)
    return `${this.#prefix} of thread ${this.context.thread} serves ${customer}`
  }

  where(): string {
    return this.context.self.path
  }

  seen(): string[] {
    return [...this.#seen]
  }

  /** Takes until `release` is called. */
  async queue(): Promise<string> {
    await this.#open.promise
    return this.context.self.path
  }

  release(): void {
    this.#open.resolve()
    this.#open = Promise.withResolvers()
  }

  async *count(to: number): AsyncGenerator<string> {
    for (let n = 1; n <= to; n++) yield `${this.context.self.path} ${n}`
  }

  fail(): never {
    throw new Error('out of forms')
  }

  static override reentrant = true
}

/** Uses a router that it was sent as references, or has made itself. */
export class Clerk extends Actor<Clerk> {
  #own: Router<Desk> | undefined

  useSent(refs: readonly ActorRef<Desk>[], customer: string): Promise<string> {
    return routerOver(refs, { strategy: 'consistent-hash', key: ({ args }) => String(args[0]) }).ask.serve(
      customer,
    )
  }

  async useOwn(customer: string): Promise<string> {
    this.#own ??= await router(this.context, Desk, { size: 2, strategy: 'round-robin', args: ['own desk'] })
    return this.#own.ask.serve(customer)
  }
}
