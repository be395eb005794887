/**
 * An actor class that has a handler for every name, for tests that look at what an actor sends.
 */
import { checkNumber } from '../../protocols/limits.ts'
import { Actor } from '../actor/actor.ts'
import type { Handler } from '../actor/actor-type.ts'
import { FrontRef } from '../actor/front-ref.ts'
import type { ActorRef } from '../actor/types.ts'
import { openStream } from '../delivery/stream-reader.ts'
import type { Host } from '../threads/host.ts'

const NAME = 'probe'

/** Takes what a probe receives; what it returns is the handler's result. */
export type Inbox = (method: string, args: unknown[], sender: ActorRef | undefined) => unknown

/** A probe's arguments are data as any actor's, so that its inbox is found by a number. */
const inboxes = new Map<number, Inbox>()
let lastInbox = 0

export function openInbox(inbox: Inbox): number {
  inboxes.set(++lastInbox, inbox)
  return lastInbox
}

export class ProbeActor extends Actor<ProbeActor> {
  readonly #inbox: number

  constructor(inbox: number) {
    super()
    this.#inbox = inbox
  }

  static receive(actor: ProbeActor, method: string, args: unknown[]): unknown {
    return inboxes.get(actor.#inbox)?.(method, args, actor.context.sender)
  }
}

const handlers = new Map<string, Handler>()

function handlerNamed(name: string): Handler {
  const known = handlers.get(name)
  if (known !== undefined) return known
  const fn = function (this: ProbeActor, ...args: unknown[]) {
    return ProbeActor.receive(this, name, args)
  }
  const made = {
    name,
    index: 0,
    fn: fn as Handler['fn'],
    streams: false,
    plain: true,
    suspends: false,
    prompt: 0,
    internal: false,
    detached: false,
  }
  handlers.set(name, made)
  return made
}

/** What looks up a handler by its name finds one. */
class AnyHandlers extends Map<string, Handler> {
  override get(name: string): Handler | undefined {
    return name.startsWith('(') ? undefined : handlerNamed(name)
  }
}

/** Makes a thread know the class. */
export function addProbes(host: Host): void {
  const type = host.registry.add(NAME, ProbeActor)
  Object.defineProperty(type, 'handlers', { value: new AnyHandlers() })
  type.refClass = ProbeRef
  type.onControlThread = true
}

type Call = (handler: Handler, args: unknown[]) => unknown

// biome-ignore lint/suspicious/noExplicitAny: a facet with a method of every name is of any type.
type Facet = any

/** Names that the language asks every object for. */
const NOT_HANDLERS = new Set<string | symbol>(['then', 'toJSON', 'constructor'])

function facet(call: Call): Facet {
  return new Proxy(
    {},
    {
      get: (_, name) =>
        typeof name === 'symbol' || NOT_HANDLERS.has(name)
          ? undefined
          : (...args: unknown[]) => call(handlerNamed(name), args),
    },
  )
}

class ProbeRef extends FrontRef {
  override get ask(): Facet {
    return facet((handler, args) => this.delivery.ask(this, handler, args, undefined))
  }

  override get tell(): Facet {
    return facet((handler, args) =>
      this.delivery.tell(this, handler, args.length, args.length === 1 ? args[0] : args),
    )
  }

  override get offer(): Facet {
    return facet((handler, args) => this.delivery.offer(this, handler, args))
  }

  override get stream(): Facet {
    return facet((handler, args) => openStream(this.delivery, this, handler, args, undefined))
  }

  override within(ms: number): Facet {
    checkNumber('the deadline given to within()', ms, 0)
    return {
      ask: facet((handler, args) => this.delivery.ask(this, handler, args, ms)),
      stream: facet((handler, args) => openStream(this.delivery, this, handler, args, ms)),
    }
  }
}
