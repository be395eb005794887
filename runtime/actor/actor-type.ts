/**
 * What the runtime knows of an actor class: its name on the wire and its handlers.
 */
import { InvalidOptionError } from '../../protocols/errors.ts'
import { checkInteger } from '../../protocols/limits.ts'
import { Actor } from './actor.ts'
import type { FrontRef } from './front-ref.ts'
import type { Ref } from './ref.ts'
import type { ActorClass, MailboxOptions, Overflow } from './types.ts'

type AnyFunction = (this: unknown, ...args: never[]) => unknown

export interface Handler {
  readonly name: string
  /** Its place in the class, by which the watchdog names a method that blocks. */
  readonly index: number
  readonly fn: AnyFunction
  /** Whether it returns an iterator that a reader pulls from. */
  readonly streams: boolean
  /** Whether the class has it and it is no generator, so that any message may name it. */
  readonly plain: boolean
  /** Whether code of the handler may run after its first await; learnt where the source doesn't say. */
  suspends: boolean
  /** Results that were no promise, until one was: a handler that never gives one is called the quick way. */
  prompt: number
  /** Whether the runtime itself put it into the mailbox, as a timer's function. */
  readonly internal: boolean
  /** Whether the next message need not wait for its promise. */
  readonly detached: boolean
}

const LIFECYCLE = new Set(['constructor', 'onStart', 'onStop', 'context'])
const OVERFLOWS: readonly Overflow[] = ['refuse', 'drop-oldest', 'park']
const AsyncFunction = (async () => {}).constructor
const GeneratorFunction = function* () {}.constructor
const AsyncGeneratorFunction = async function* () {}.constructor

export class ActorType {
  readonly name: string
  readonly index: number
  readonly actorClass: ActorClass
  readonly handlers: ReadonlyMap<string, Handler>
  readonly handlerList: readonly Handler[]
  readonly reentrant: boolean
  readonly redeliver: number
  readonly mailbox: MailboxOptions
  /** The class of its references, where they are more than a Ref. */
  refClass: (new (behind: Ref) => FrontRef) | undefined = undefined
  /**
   * Whether its actors live on the control thread, where neither a blocked handler nor a full heap of the
   * user's reaches them: those of the runtime, which run no code of the user's.
   */
  onControlThread = false
  /** The classes of its references' facets; made by `actor/ref.ts` when first needed. */
  stubs: unknown = undefined

  constructor(name: string, actorClass: ActorClass, index: number) {
    const statics = actorClass as unknown as typeof Actor
    this.name = name
    this.index = index
    this.actorClass = actorClass
    this.handlerList = handlersOf(actorClass)
    this.handlers = new Map(this.handlerList.map((handler) => [handler.name, handler]))
    this.reentrant = statics.reentrant === true
    this.redeliver = statics.redeliver ?? 0
    this.mailbox = statics.mailbox ?? {}
    checkInteger(`${name}.redeliver`, this.redeliver, 0)
    checkMailbox(this.mailbox)
  }
}

/** Throws InvalidOptionError unless size and policy are possible. */
export function checkMailbox(options: MailboxOptions): void {
  if (options.size !== undefined) checkInteger('mailbox.size', options.size, 1)
  if (options.overflow !== undefined && !OVERFLOWS.includes(options.overflow))
    throw new InvalidOptionError(
      `mailbox.overflow has to be one of ${OVERFLOWS.join(', ')}, not ${JSON.stringify(options.overflow)}`,
    )
}

function handlersOf(actorClass: ActorClass): Handler[] {
  const found = new Map<string, AnyFunction>()
  for (
    let proto = actorClass.prototype as object;
    proto !== Actor.prototype;
    proto = Object.getPrototypeOf(proto)
  )
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(proto)))
      if (typeof property.value === 'function' && !LIFECYCLE.has(name) && !found.has(name))
        found.set(name, property.value as AnyFunction)
  return [...found].map(([name, fn], index) => ({
    name,
    index,
    fn,
    streams: isGenerator(fn),
    plain: !isGenerator(fn),
    suspends: !isGenerator(fn),
    prompt: fn.constructor === AsyncFunction ? Number.NEGATIVE_INFINITY : 0,
    internal: false,
    detached: false,
  }))
}

function isGenerator(fn: AnyFunction): boolean {
  return fn.constructor === GeneratorFunction || fn.constructor === AsyncGeneratorFunction
}

export function isActorClass(value: unknown): value is ActorClass {
  return typeof value === 'function' && value.prototype instanceof Actor
}

/** Stands for a handler that the class does not have, until the send refuses it. */
export function missingHandler(name: string): Handler {
  const fn = () => undefined
  return {
    name,
    index: -1,
    fn,
    streams: false,
    plain: false,
    suspends: false,
    prompt: 0,
    internal: false,
    detached: false,
  }
}
