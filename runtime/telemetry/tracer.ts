/**
 * Shows messages as they pass, for the actors that somebody looks at.
 */
import { inspect } from 'node:util'
import type { Cell } from '../actor/cell.ts'
import { Ref, type Target } from '../actor/ref.ts'
import type { Clock } from '../clock.ts'
import type { Envelope } from '../mailbox/envelope.ts'
import type { TraceEvent } from './control.ts'

/** Characters shown of a message's arguments. */
const ARGS_WIDTH = 200

/** Is told of each message that passes a thread. */
export interface MessageObserver {
  sent(target: Target, envelope: Envelope): void
  /** Its handler is about to be called. */
  received(cell: Cell, envelope: Envelope): void
  handled(cell: Cell, envelope: Envelope): void
  failed(cell: Cell, envelope: Envelope, error: Error): void
}

/** Tells several observers, in their order. */
export class Observers implements MessageObserver {
  readonly #all: readonly MessageObserver[]

  constructor(all: readonly MessageObserver[]) {
    this.#all = all
  }

  sent(target: Target, envelope: Envelope): void {
    for (const one of this.#all) one.sent(target, envelope)
  }

  received(cell: Cell, envelope: Envelope): void {
    for (const one of this.#all) one.received(cell, envelope)
  }

  handled(cell: Cell, envelope: Envelope): void {
    for (const one of this.#all) one.handled(cell, envelope)
  }

  failed(cell: Cell, envelope: Envelope, error: Error): void {
    for (const one of this.#all) one.failed(cell, envelope, error)
  }
}

export class Tracer implements MessageObserver {
  readonly #clock: Clock
  readonly #wants: (path: string) => boolean
  readonly #emit: (event: TraceEvent) => void
  readonly #begun = new WeakMap<Envelope, number>()

  /** @param wants whether messages of the actor with this path are shown */
  constructor(clock: Clock, wants: (path: string) => boolean, emit: (event: TraceEvent) => void) {
    this.#clock = clock
    this.#wants = wants
    this.#emit = emit
  }

  sent(target: Target, envelope: Envelope): void {
    const path = envelope.from?.path
    if (path !== undefined && this.#wants(path)) this.#show(path, 'sent', envelope, target.path)
  }

  received(cell: Cell, envelope: Envelope): void {
    if (!this.#wants(cell.path)) return
    this.#begun.set(envelope, this.#clock.now())
    this.#show(cell.path, 'received', envelope, envelope.from?.path)
  }

  handled(cell: Cell, envelope: Envelope): void {
    if (this.#wants(cell.path))
      this.#show(cell.path, 'handled', envelope, envelope.from?.path, { ms: this.#ms(envelope) })
  }

  failed(cell: Cell, envelope: Envelope, error: Error): void {
    const end = { ms: this.#ms(envelope), error: error.message }
    if (this.#wants(cell.path)) this.#show(cell.path, 'failed', envelope, envelope.from?.path, end)
  }

  #ms(envelope: Envelope): number {
    const now = this.#clock.now()
    return now - (this.#begun.get(envelope) ?? now)
  }

  #show(
    path: string,
    kind: TraceEvent['kind'],
    envelope: Envelope,
    peer: string | undefined,
    end: Partial<TraceEvent> = {},
  ): void {
    this.#emit({
      at: this.#clock.wall(),
      path,
      kind,
      method: envelope.handler.name,
      peer,
      args: describeArgs(envelope),
      ...end,
    })
  }
}

/** The arguments of a message for display. */
export function describeArgs({ handler, args }: Envelope): string {
  return handler.internal ? '' : args.map(shorten).join(', ').slice(0, ARGS_WIDTH)
}

function shorten(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return String(value)
  if (value instanceof Ref) return `ActorRef(${value.path})`
  return inspect(value, {
    depth: 2,
    breakLength: Number.POSITIVE_INFINITY,
    maxStringLength: ARGS_WIDTH,
    maxArrayLength: 10,
  })
}
