/**
 * One thread of an actor system: everything that its actors need, wired together. The starting thread
 * and every worker thread have one each, all alike.
 */
import type { WireRef } from '../../protocols/address.ts'
import { anonymousName, splitPath } from '../../protocols/address.ts'
import { AskTimeoutError, ThreadLostError } from '../../protocols/errors.ts'
import type { Exit } from '../../protocols/exit.ts'
import type { Limits } from '../../protocols/limits.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { ActorType } from '../actor/actor-type.ts'
import { Cell } from '../actor/cell.ts'
import { FarRef } from '../actor/far-ref.ts'
import type { Ref } from '../actor/ref.ts'
import type { Registry } from '../actor/registry.ts'
import type { ActorClass, ActorRef, SpawnOptions, SystemEvents } from '../actor/types.ts'
import type { Clock } from '../clock.ts'
import { Arrivals } from '../delivery/arrivals.ts'
import { Control } from '../delivery/control.ts'
import { DeadLetters } from '../delivery/dead-letters.ts'
import { Delivery } from '../delivery/delivery.ts'
import { Departed } from '../delivery/departed.ts'
import { Links } from '../delivery/links.ts'
import { Topics } from '../delivery/topics.ts'
import { admit } from '../mailbox/admit.ts'
import type { Envelope } from '../mailbox/envelope.ts'
import { Deadlines } from '../scheduler/deadlines.ts'
import { Scheduler } from '../scheduler/scheduler.ts'
import type { Child, ChildPlan } from '../supervision/child.ts'
import { Family } from '../supervision/family.ts'
import type { Parent } from '../supervision/parent.ts'
import { Partners } from '../supervision/partners.ts'
import { planOf } from '../supervision/plan.ts'
import { PARENT_POLICY } from '../supervision/policies.ts'
import { Watches } from '../supervision/watches.ts'
import type { DeadLetterRecord } from '../telemetry/control.ts'
import { Events } from '../telemetry/events.ts'
import type { Log } from '../telemetry/log.ts'
import { Meter } from '../telemetry/meter.ts'
import { type MessageObserver, Observers } from '../telemetry/tracer.ts'
import { type Chunk, Directory } from './directory.ts'
import { answerControl } from './host-control.ts'
import { hearNews } from './host-news.ts'
import type { Offload } from './offload.ts'
import { Placement, type PoolMap } from './placement.ts'
import type { Pulse, Pulses } from './pulses.ts'
import type { Loss } from './thread.ts'

export interface HostOptions {
  thread: number
  clock: Clock
  limits: Limits
  registry: Registry
  pulses: Pulses
  pools: PoolMap
  log: Log
  development: boolean
  offload: (host: Host) => Offload
  /** Where the news of this thread goes: to the system that shows them. */
  onEvent: <E extends keyof SystemEvents>(event: E, content: SystemEvents[E]) => void
  onDeadLetter: (record: DeadLetterRecord) => void
  onChunk: (chunk: Chunk, index: number) => void
  /** News that concerns the system and not one thread. */
  onNews: (kind: string, content: unknown) => void
}

const NEVER = Number.POSITIVE_INFINITY

export class Host {
  readonly thread: number
  readonly clock: Clock
  readonly limits: Limits
  readonly registry: Registry
  readonly pulses: Pulses
  readonly pulse: Pulse
  readonly log: Log
  readonly development: boolean
  readonly deadlines: Deadlines
  readonly meter: Meter
  readonly scheduler: Scheduler
  readonly links: Links
  readonly delivery: Delivery
  readonly arrivals: Arrivals
  readonly control: Control
  readonly topics: Topics
  readonly watches: Watches
  readonly partners: Partners
  readonly deadLetters: DeadLetters
  readonly departed = new Departed()
  readonly events: Events
  readonly directory: Directory
  readonly placement: Placement
  readonly offload: Offload
  /** Serials below this one belong to a former life of the thread. */
  readonly firstSerial: number
  readonly otherNews: (kind: string, content: unknown) => void
  /** Told of each message, while anybody wants to be. */
  tracer: MessageObserver | null = null
  readonly #observers = new Set<MessageObserver>()
  #actors = 0
  #serial: number
  /** Actors that another thread may address. */
  readonly #exported = new Map<number, Cell>()
  /** Actors whose parent is on another thread, and those that have none. */
  readonly roots = new Set<Cell>()
  readonly #plans = new Map<ActorClass, ChildPlan>()
  /** Of the class that was spawned last without options; the next is often of the same. */
  #lastPlan: ChildPlan | undefined
  /** What code of this thread keeps by ThreadLocal. */
  readonly locals = new Map<object, unknown>()
  /** Families with children on other threads. */
  readonly farFamilies = new Set<Family>()
  readonly #hearNews: (from: number, kind: string, content: unknown) => void

  constructor(options: HostOptions) {
    this.thread = options.thread
    this.clock = options.clock
    this.limits = options.limits
    this.registry = options.registry
    this.pulses = options.pulses
    this.log = options.log
    this.development = options.development
    this.pulse = options.pulses.row(options.thread)
    this.#serial = this.pulse.lastSerial
    this.firstSerial = this.#serial + 1
    this.deadlines = new Deadlines(this.clock)
    this.meter = new Meter(this.pulse, this.clock)
    this.links = new Links(this)
    this.scheduler = new Scheduler(this.clock, this.limits.sliceMs, () => this.#endOfTurns())
    this.delivery = new Delivery(this)
    this.arrivals = new Arrivals(this)
    this.control = new Control(this)
    this.topics = new Topics(this)
    this.watches = new Watches(this)
    this.partners = new Partners(this)
    this.deadLetters = new DeadLetters(this.clock, options.onDeadLetter)
    this.events = new Events(this, options.onEvent)
    this.directory = new Directory(options.onChunk)
    this.placement = new Placement(options.pools, this.pulses, this.thread)
    this.offload = options.offload(this)
    this.otherNews = options.onNews
    this.#hearNews = hearNews(this)
    answerControl(this)
    this.#openLoop()
  }

  /**
   * A link to itself, for a reference that came to this thread before its actor did: after a thread was
   * lost, its actors come back one by one, and one may be given references to the next.
   */
  #openLoop(): void {
    const receive = this.links.open(this.thread, { post: (batch) => this.clock.soon(() => receive(batch)) })
  }

  nextSerial(): number {
    this.pulse.lastSerial = ++this.#serial
    return this.#serial
  }

  /**
   * Makes the cell of an actor.
   *
   * @param key by what its parent calls it; undefined where that is its serial
   * @param given its serial where it comes back after its thread was lost
   */
  create(plan: ChildPlan, parent: Parent, key: ChildKey | undefined, given: number | undefined): Cell {
    const serial = given ?? this.nextSerial()
    const cell = new Cell(this, plan, parent, key ?? serial, serial)
    if (parent.thread === this.thread) return cell
    cell.export()
    this.roots.add(cell)
    return cell
  }

  /** Enters an actor where other threads can see it; returns its entry. */
  enter(cell: Cell): number {
    this.#actors++
    const { key } = cell
    return this.directory.add(cell, cell.parent.entry, typeof key === 'string' ? key : undefined)
  }

  /** Forgets an actor that is gone. */
  leave(cell: Cell): void {
    this.#actors--
    this.directory.remove(cell.entry)
    if (this.#exported.delete(cell.serial)) this.departed.add(cell.serial, cell.path)
    this.roots.delete(cell)
    if (cell.family !== null) this.farFamilies.delete(cell.family)
  }

  get actors(): number {
    return this.#actors
  }

  exported(serial: number): Cell | undefined {
    return this.#exported.get(serial)
  }

  /** Makes an actor addressable by other threads. */
  export(cell: Cell): void {
    this.#exported.set(cell.serial, cell)
  }

  makeFarRef(thread: number, serial: number, type: ActorType, path: string): Ref {
    const far = new FarRef(this.delivery, { thread, serial }, type, path)
    return type.refClass === undefined ? far : new type.refClass(far)
  }

  refFromWire({ thread, serial, type, path }: WireRef): Ref {
    const cell = thread === this.thread ? this.#exported.get(serial) : undefined
    return cell?.ref ?? this.makeFarRef(thread, serial, this.registry.byName(type), path)
  }

  /** Queues something of the actor's own as one of its turns. */
  runAsTurn(cell: Cell, envelope: Envelope): void {
    admit(cell, envelope)
  }

  spawn(parent: Cell, type: ActorClass, options: SpawnOptions | undefined): Promise<ActorRef> {
    try {
      const plan =
        options === undefined ? this.#defaultPlan(type) : planOf(this, type, options.args ?? [], options)
      return this.familyOf(parent).spawn(plan, options?.name) as unknown as Promise<ActorRef>
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Actors spawned without options are many, and all made from the same plan. */
  #defaultPlan(type: ActorClass): ChildPlan {
    if (this.#lastPlan !== undefined && this.#lastPlan.type.actorClass === type) return this.#lastPlan
    let plan = this.#plans.get(type)
    if (plan === undefined) {
      plan = planOf(this, type, [], {})
      this.#plans.set(type, plan)
    }
    this.#lastPlan = plan
    return plan
  }

  familyOf(cell: Cell): Family {
    const { extras } = cell
    extras.family ??= new Family(cell, PARENT_POLICY)
    return extras.family
  }

  /** @param by the actor that asks for it, where it is one; one that stops itself may be wanted back */
  async stopActor(ref: Ref, by: Cell | null): Promise<void> {
    if (ref.cell === null) await this.#stopFar(ref)
    else if (ref.cell === by) ref.cell.parent.wantsToStop(ref.cell)
    else await this.stopCell(ref.cell)
  }

  /** Stops an actor of this thread through its parent, which then doesn't bring it back. */
  async stopCell(cell: Cell): Promise<void> {
    const { parent, key } = cell
    if (parent instanceof Family) await parent.stop(cell)
    else if (await this.#lostBefore(parent.thread, 'stop-child', { parent: parent.serial, key }))
      // Its supervisor is lost, and it goes with it.
      await cell.stop({ kind: 'stopped', path: cell.path })
  }

  /** An actor whose thread is lost meanwhile may come back on its successor, which is then to stop it. */
  async #stopFar({ thread, serial }: Ref): Promise<void> {
    while (!this.links.closed && (await this.#lostBefore(thread, 'stop-actor', { serial })));
  }

  /** Whether the thread was lost before it answered. */
  async #lostBefore(thread: number, verb: string, argument: unknown): Promise<boolean> {
    try {
      await this.control.call(thread, verb, argument, NEVER)
      return false
    } catch (error) {
      if (error instanceof ThreadLostError) return true
      throw error
    }
  }

  lookup(path: string): Promise<ActorRef | undefined> {
    const steps = splitPath(path)
    if (steps === undefined) return Promise.resolve(undefined)
    return this.control.call(0, 'lookup', { steps }) as Promise<ActorRef | undefined>
  }

  /** Rejects with AskTimeoutError where `promise` takes longer. */
  within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = () =>
        reject(new AskTimeoutError(`${what} took longer than ${ms} ms`, { mayHaveRun: true }))
      const cancel = this.clock.after(ms, late)
      promise.then(resolve, reject).finally(cancel)
    })
  }

  /** Tells `observer` of each message that passes this thread; the returned function ends that. */
  observe(observer: MessageObserver): () => void {
    this.#observers.add(observer)
    this.#setTracer()
    return () => {
      this.#observers.delete(observer)
      this.#setTracer()
    }
  }

  #setTracer(): void {
    const [first = null, ...others] = this.#observers
    this.tracer = others.length === 0 ? first : new Observers([...this.#observers])
  }

  /** News from another thread, or for an actor of this one that was referred to before it was here. */
  news(from: number, kind: string, content: unknown): void {
    this.#hearNews(from, kind, content)
  }

  /** A thread is gone: everything that waits for it or depends on it here is told. */
  threadLost({ thread, reason, stalledSerial }: Loss): void {
    const exitOf = ({ ref, path }: Child): Exit => {
      const stalled = ref !== null && ref.serial === stalledSerial
      const error = new ThreadLostError(`thread ${thread} was lost: ${reason}`, { target: path })
      return { kind: stalled ? 'stalled' : 'thread-lost', path, error }
    }
    this.links.lost(thread)
    this.topics.threadLost(thread)
    this.partners.threadLost(thread)
    for (const cell of [...this.cells()]) cell.streamsIfAny?.readerLost(thread)
    for (const cell of this.roots)
      if (cell.parent.thread === thread) void cell.stop({ kind: 'stopped', path: cell.path })
    for (const family of this.farFamilies) family.threadLost(thread, exitOf)
  }

  /** The successor of a thread is there. */
  threadOpened(thread: number): void {
    this.pulses.reset(this.thread, thread)
    this.topics.threadOpened(thread)
    this.watches.threadOpened(thread)
  }

  /** All actors of this thread, parents before children. */
  *cells(): Generator<Cell> {
    for (const root of this.roots) yield* family(root)
  }

  /** The actor at these steps below one of this thread, wherever it lives. */
  async resolve(cell: Cell, steps: readonly string[]): Promise<Ref | undefined> {
    const [step, ...rest] = steps
    if (step === undefined) return cell.ref
    const child = findChild(cell, step)
    if (child === undefined || child.ref === null) return undefined
    if (child.cell !== null) return this.resolve(child.cell, rest)
    if (rest.length === 0) return child.ref
    return this.control.call(child.thread, 'lookup-below', {
      serial: child.ref.serial,
      steps: rest,
    }) as Promise<Ref | undefined>
  }

  #endOfTurns(): void {
    this.links.flush()
    this.pulse.actors = this.#actors
    this.pulse.turnsEnd()
  }
}

function* family(cell: Cell): Generator<Cell> {
  yield cell
  for (const child of cell.family?.children() ?? []) if (child.cell !== null) yield* family(child.cell)
}

function findChild(cell: Cell, step: string): Child | undefined {
  const children = cell.family
  if (children === null) return undefined
  if (!step.startsWith('$')) return children.get(step)
  const serial = Number.parseInt(step.slice(1), 36)
  return anonymousName(serial) === step ? children.anonymous(serial) : undefined
}
