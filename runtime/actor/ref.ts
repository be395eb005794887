/**
 * References to actors: an address with one generated method per handler. The methods are made once
 * per class from its prototype, which the engine runs several times faster than a Proxy.
 */
import { inspect } from 'node:util'
import { Reference, type WireRef } from '../../protocols/address.ts'
import { UnknownHandlerError } from '../../protocols/errors.ts'
import { checkNumber } from '../../protocols/limits.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { openStream } from '../delivery/stream-reader.ts'
import { type ActorType, type Handler, missingHandler } from './actor-type.ts'
import type { Cell } from './cell.ts'
import type { ActorRef, Asks, Offers, Streams, Tells } from './types.ts'

/** What a reference points to: a cell of this thread, or an address elsewhere. */
export interface Target {
  readonly cell: Cell | null
  readonly thread: number
  readonly serial: number
  readonly path: string
  readonly type: ActorType
}

// biome-ignore lint/suspicious/noExplicitAny: the class is one for all actor classes; ActorRef<A> gives the types.
type Loose = any

/**
 * What all references have in common. One to an actor of the same thread is the cell of the actor itself,
 * seen as an ActorRef; one to an actor elsewhere is a FarRef.
 */
export abstract class Ref extends Reference implements Target {
  abstract readonly cell: Cell | null
  abstract readonly thread: number
  abstract readonly serial: number
  abstract readonly type: ActorType
  abstract readonly delivery: Delivery
  /** Where it keeps the facets that are used again and again. */
  abstract readonly facets: Facets

  get ask(): Asks<Loose> {
    const { facets } = this
    facets.ask ??= new (stubsOf(this.type).Ask)(this.delivery, this, undefined)
    return facets.ask as unknown as Asks<Loose>
  }

  get tell(): Tells<Loose> {
    const { facets } = this
    facets.tell ??= new (stubsOf(this.type).Tell)(this.delivery, this, undefined)
    return facets.tell as unknown as Tells<Loose>
  }

  get offer(): Offers<Loose> {
    return new (stubsOf(this.type).Offer)(this.delivery, this, undefined) as unknown as Offers<Loose>
  }

  get stream(): Streams<Loose> {
    return new (stubsOf(this.type).Stream)(this.delivery, this, undefined) as unknown as Streams<Loose>
  }

  within(ms: number): { readonly ask: Asks<Loose>; readonly stream: Streams<Loose> } {
    checkNumber('the deadline given to within()', ms, 0)
    const { Ask, Stream } = stubsOf(this.type)
    return {
      ask: new Ask(this.delivery, this, ms) as unknown as Asks<Loose>,
      stream: new Stream(this.delivery, this, ms) as unknown as Streams<Loose>,
    }
  }

  equals(other: ActorRef): boolean {
    return other instanceof Ref && other.serial === this.serial && other.thread === this.thread
  }

  override toWire(): WireRef {
    this.cell?.export()
    return { thread: this.thread, serial: this.serial, type: this.type.name, path: this.path }
  }

  toJSON(): { path: string } {
    return { path: this.path }
  }

  override toString(): string {
    return this.path
  }

  [inspect.custom](): string {
    return `ActorRef(${this.path})`
  }
}

const DELIVERY = Symbol('delivery')
const TARGET = Symbol('target')
const TIMEOUT = Symbol('timeout')

export interface Facets {
  ask: Facet | null
  tell: Facet | null
}

/** A facet of a reference: an object with one method per handler, and nothing else by a name. */
class Facet {
  readonly [DELIVERY]: Delivery
  readonly [TARGET]: Ref
  readonly [TIMEOUT]: number | undefined

  constructor(delivery: Delivery, target: Ref, timeoutMs: number | undefined) {
    this[DELIVERY] = delivery
    this[TARGET] = target
    this[TIMEOUT] = timeoutMs
  }
}

interface Stubs {
  Ask: typeof Facet
  Tell: typeof Facet
  Offer: typeof Facet
  Stream: typeof Facet
}

type Stub = (this: Facet, ...args: unknown[]) => unknown
type StubMaker = (handler: Handler) => Stub

function stubsOf(type: ActorType): Stubs {
  type.stubs ??= {
    Ask: makeFacet(type, askStub),
    Tell: makeFacet(type, tellStub),
    Offer: makeFacet(type, offerStub),
    Stream: makeFacet(type, streamStub),
  }
  return type.stubs as Stubs
}

const askStub: StubMaker = (handler) =>
  function (...args) {
    return this[DELIVERY].ask(this[TARGET], handler, args, this[TIMEOUT])
  }

const NO_ARGUMENTS: readonly unknown[] = Object.freeze([])

// biome-ignore-start lint/complexity/noArguments: a rest parameter would be made into a list at each call.
/** Most messages have one argument or none, which then need no list. */
const tellStub: StubMaker = (handler) =>
  function (this: Facet) {
    const count = arguments.length
    let arg: unknown = NO_ARGUMENTS
    if (count === 1) arg = arguments[0]
    else if (count > 1) {
      const list: unknown[] = []
      for (let i = 0; i < count; i++) list.push(arguments[i])
      arg = list
    }
    this[DELIVERY].tell(this[TARGET], handler, count, arg)
  }
// biome-ignore-end lint/complexity/noArguments: as above

const offerStub: StubMaker = (handler) =>
  function (...args) {
    return this[DELIVERY].offer(this[TARGET], handler, args)
  }

const streamStub: StubMaker = (handler) =>
  function (...args) {
    return openStream(this[DELIVERY], this[TARGET], handler, args, this[TIMEOUT])
  }

function makeFacet(type: ActorType, makeStub: StubMaker): typeof Facet {
  const facet = class extends Facet {}
  for (const handler of type.handlerList)
    Object.defineProperty(facet.prototype, handler.name, { value: makeStub(handler) })
  Object.setPrototypeOf(facet.prototype, unknownHandlers(makeStub))
  return facet
}

/** Names that the language, a test runner or a debugger asks every object for. */
const NOT_HANDLERS = new Set(['then', 'constructor', 'toJSON', 'inspect', 'nodeType', 'asymmetricMatch'])

/** Names that a class doesn't have end at this Proxy, which is never on the way of those it has. */
function unknownHandlers(makeStub: StubMaker): object {
  return new Proxy(Facet.prototype, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || NOT_HANDLERS.has(name) || name in Object.prototype)
        return Reflect.get(target, name, receiver)
      return makeStub(missingHandler(name))
    },
  })
}

/** The error for a call to a handler that the class does not have; undefined where it has it. */
export function unknownHandler(target: Target, name: string): UnknownHandlerError {
  const known = target.type.handlerList.map((handler) => handler.name).join(', ') || 'none'
  return new UnknownHandlerError(
    `${target.type.name} at ${target.path} has no handler "${name}"; it has: ${known}`,
    {
      target: target.path,
      method: name,
      mayHaveRun: false,
    },
  )
}
