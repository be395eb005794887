/**
 * What operators see of a system and do to it: gathers from all threads what each knows of itself.
 */
import { readFileSync } from 'node:fs'
import { memoryUsage } from 'node:process'
import { ActorGoneError } from '../../protocols/errors.ts'
import { missingHandler } from '../actor/actor-type.ts'
import type { Ref } from '../actor/ref.ts'
import type { Registry } from '../actor/registry.ts'
import type { ActorInfo, ActorRef, SystemEvents } from '../actor/types.ts'
import type { Clock } from '../clock.ts'
import { DeadLetterRing } from '../delivery/dead-letters.ts'
import type { Settings } from '../options.ts'
import type { BlockedAt } from '../threads/blocked-at.ts'
import type { Slot } from '../threads/crew.ts'
import type { Host } from '../threads/host.ts'
import type { HostReading } from '../threads/host-control.ts'
import { DEFAULT_POOL } from '../threads/placement.ts'
import { ON_START } from '../threads/pulses.ts'
import type { Stall } from '../threads/watchdog.ts'
import type {
  Control,
  DeadLetterRecord,
  PoolMetrics,
  SystemDescription,
  SystemMetrics,
  ThreadMetrics,
  TraceEvent,
} from './control.ts'
import { NotAServiceError } from './control-errors.ts'
import type { Emitter } from './emitter.ts'
import { addCounters } from './meter.ts'

/** Actors shown of a thread that does not answer. */
const SHOWN_OF_SILENT = 10_000
/** Milliseconds that a thread has to tell of itself. */
const ANSWER_MS = 1_000
/** Milliseconds that an actor of a service has to answer: less than the operator's tool waits for the node. */
const ASK_MS = 5_000
const SERVICES = '/system/'
const EMPTY: HostReading = { ...addCounters([]), actors: 0, busy: false }

/** `serial` is 0 where it is not certain whose turn it is. */
type StalledTurn = NonNullable<BlockedAt['actor']>

export class Operator implements Control {
  threadsLost = 0
  stalls = 0
  host!: Host
  readonly #settings: Settings
  readonly #registry: Registry
  readonly #emitter: Emitter<SystemEvents>
  readonly #clock: Clock
  readonly #startedAt: number
  readonly #deadLetters: DeadLetterRing
  readonly #tracers = new Map<(event: TraceEvent) => void, string>()
  #slots: ReadonlyMap<number, Slot> = new Map()
  #exitsWanted = false

  constructor(settings: Settings, registry: Registry, emitter: Emitter<SystemEvents>, clock: Clock) {
    this.#settings = settings
    this.#registry = registry
    this.#emitter = emitter
    this.#clock = clock
    this.#startedAt = clock.wall()
    this.#deadLetters = new DeadLetterRing(settings.limits.deadLetters)
  }

  attach(slots: ReadonlyMap<number, Slot>): void {
    this.#slots = slots
  }

  describe(): SystemDescription {
    const { name, pools } = this.#settings
    const threads = [{ thread: 0, pool: 'control' }]
    for (const [pool, numbers] of Object.entries(pools))
      for (const thread of numbers) if (thread !== 0) threads.push({ thread, pool })
    return {
      name,
      pid: process.pid,
      version: packageVersion(),
      node: process.version,
      startedAt: this.#startedAt,
      threads,
    }
  }

  async inspect(): Promise<ActorInfo[]> {
    const lists = await this.#eachThread((thread) => this.#inspectThread(thread))
    return lists.flat().sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  async #inspectThread(thread: number): Promise<ActorInfo[]> {
    try {
      return (await this.host.control.call(thread, 'inspect', null, ANSWER_MS)) as ActorInfo[]
    } catch {
      return this.#fromDirectory(thread)
    }
  }

  /** A thread that does not answer is shown from the memory that it shares. */
  #fromDirectory(thread: number): ActorInfo[] {
    const listed = this.#slots.get(thread)?.directory.list(SHOWN_OF_SILENT) ?? []
    return listed.map(({ path, type }) => ({
      path,
      type: this.#registry.byIndex(type)?.name ?? '(unknown)',
      thread,
      state: 'restarting',
      mailbox: 0,
      turns: 0,
      restarts: 0,
    }))
  }

  async metrics(): Promise<SystemMetrics> {
    const threads = await this.#eachThread((thread) => this.#readThread(thread))
    const pools = [...new Set(threads.map(({ pool }) => pool))].map((pool) => poolMetrics(pool, threads))
    return {
      at: this.#clock.wall(),
      rssBytes: memoryUsage.rss(),
      threadsLost: this.threadsLost,
      threads,
      pools,
    }
  }

  async #readThread(thread: number): Promise<ThreadMetrics> {
    const slot = this.#slots.get(thread)
    const pool =
      slot?.pool ?? (this.#settings.pools[DEFAULT_POOL]?.includes(0) === true ? DEFAULT_POOL : 'control')
    const memory = thread === 0 ? ownMemoryKb() : this.host.pulses.row(thread).memoryKb
    const reading = await this.#reading(thread)
    const { busy: _, ...counters } = reading ?? { ...EMPTY, actors: this.host.pulses.row(thread).actors }
    return {
      ...{ ...counters, thread, pool, answers: reading !== undefined },
      stalls: slot?.stalls ?? 0,
      heapBytes: memory.heap * 1024,
      externalBytes: memory.external * 1024,
      utilization: slot?.thread?.utilization() ?? ownUtilization(),
    }
  }

  async #reading(thread: number): Promise<HostReading | undefined> {
    try {
      return (await this.host.control.call(thread, 'read', null, ANSWER_MS)) as HostReading
    } catch {
      return undefined
    }
  }

  /** Whether any actor has something to do. */
  async busy(): Promise<boolean> {
    const readings = await this.#eachThread((thread) => this.#reading(thread))
    return readings.some((reading) => reading?.busy === true)
  }

  deadLetters(): DeadLetterRecord[] {
    return this.#deadLetters.list()
  }

  deadLetter(record: DeadLetterRecord): void {
    this.#deadLetters.add(record)
    const { to, method, reason } = record
    this.#emitter.emit('deadLetter', { to, method, reason })
  }

  async trace(path: string, listener: (event: TraceEvent) => void): Promise<() => Promise<void>> {
    await this.#find(path)
    this.#tracers.set(listener, path)
    await this.#setTraces()
    return async () => {
      this.#tracers.delete(listener)
      await this.#setTraces()
    }
  }

  async #setTraces(): Promise<void> {
    const paths = [...new Set(this.#tracers.values())]
    await this.#eachThread((thread) => this.host.control.call(thread, 'trace', { paths }))
  }

  async restart(path: string): Promise<void> {
    const { thread, serial } = await this.#find(path)
    await this.host.control.call(thread, 'restart-actor', { serial })
  }

  async stop(path: string): Promise<void> {
    await this.host.stopActor(await this.#find(path), null)
  }

  /** A handler that takes arguments is called without any. */
  async ask(path: string, method: string): Promise<unknown> {
    if (!path.startsWith(SERVICES)) throw new NotAServiceError(path)
    const target = await this.#find(path)
    const handler = target.type.handlers.get(method) ?? missingHandler(method)
    return await this.host.delivery.ask(target, handler, [], ASK_MS)
  }

  async #find(path: string): Promise<Ref> {
    const ref: ActorRef | undefined = await this.host.lookup(path)
    if (ref === undefined)
      throw new ActorGoneError(`there is no actor ${path}; "neuroplex tree" shows all`, { target: path })
    const found = ref as unknown as Ref
    found.cell?.export()
    return found
  }

  wantExits(wanted: boolean): void {
    if (this.#exitsWanted === wanted) return
    this.#exitsWanted = wanted
    this.newsToAll('want-exits', { wanted })
  }

  newsToAll(verb: string, content: unknown): void {
    void this.#eachThread(async (thread) => this.#newsTo(thread, verb, content))
  }

  /** A thread that starts later hears what was said to all before. */
  threadOpened(thread: number): void {
    if (this.#exitsWanted) this.#newsTo(thread, 'want-exits', { wanted: true })
    const paths = [...new Set(this.#tracers.values())]
    if (paths.length > 0) this.#newsTo(thread, 'trace', { paths })
  }

  /** One that is lost before it hears it has a successor that is told. */
  #newsTo(thread: number, verb: string, content: unknown): void {
    this.host.control.call(thread, verb, content).catch(() => undefined)
  }

  /** News of a thread that concerns the system. */
  news(kind: string, content: unknown): void {
    if (kind === 'event') this.#event(content as { event: keyof SystemEvents; content: never })
    else if (kind === 'dead-letter') this.deadLetter(content as DeadLetterRecord)
    else if (kind === 'trace') this.#traced(content as TraceEvent)
  }

  #event({ event, content }: { event: keyof SystemEvents; content: never }): void {
    this.#emitter.emit(event, content)
  }

  #traced(event: TraceEvent): void {
    for (const [listener, path] of this.#tracers) if (path === event.path) listener(event)
  }

  /**
   * Names the turn that blocks a thread: from what the thread told where it could, else from the memory
   * that it shares. There, after an await, only the last turn that began can be found, and that need not
   * be the one.
   */
  describeStall(stall: Stall, blockedAt: BlockedAt | undefined): StalledTurn {
    const slot = this.#slots.get(stall.thread)
    if (slot !== undefined) slot.stalls++
    this.stalls++
    return blockedAt?.actor ?? this.#lastTurn(stall, slot)
  }

  #lastTurn({ serial, type, method, entry }: Stall, slot: Slot | undefined): StalledTurn {
    const known = this.#registry.byIndex(type)
    const name =
      method === ON_START ? 'onStart' : (known?.handlerList[method]?.name ?? '(a timer or listener)')
    const path = slot?.directory.path(entry) ?? '(unknown)'
    return { path, method: serial === 0 ? `${name} (the last turn that began)` : name, serial }
  }

  #eachThread<T>(read: (thread: number) => Promise<T>): Promise<T[]> {
    return Promise.all([0, ...this.#slots.keys()].map(read))
  }
}

function poolMetrics(pool: string, threads: ThreadMetrics[]): PoolMetrics {
  const own = threads.filter((thread) => thread.pool === pool)
  const actors = own.reduce((sum, thread) => sum + thread.actors, 0)
  return { ...addCounters(own), pool, threads: own.length, actors }
}

function ownMemoryKb(): { heap: number; external: number } {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return { heap: heapUsed >> 10, external: Math.round((external + arrayBuffers) / 1024) }
}

let lastLoad = performance.eventLoopUtilization()

function ownUtilization(): number {
  const before = lastLoad
  lastLoad = performance.eventLoopUtilization()
  return performance.eventLoopUtilization(lastLoad, before).utilization
}

function packageVersion(): string {
  for (const up of ['../../package.json', '../../../package.json'])
    try {
      return (JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { version: string }).version
    } catch {
      // The sources lie one folder nearer to the manifest than what is built from them.
    }
  return 'unknown'
}
