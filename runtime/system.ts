/**
 * An actor system: the one place where threads, hosts, roots and watchdogs are wired together.
 *
 *   starting thread: host 0 (roots, supervisors) - watchdog - memory watch - crew of worker threads
 *   worker threads:  host 1, 2, ... (actors)
 */
import { SystemStoppedError } from '../protocols/errors.ts'
import type { Exit } from '../protocols/exit.ts'
import type { Cell } from './actor/cell.ts'
import { deferIn } from './actor/defer.ts'
import type { Ref } from './actor/ref.ts'
import { LOCALS } from './actor/thread-local.ts'
import type {
  ActorClass,
  ActorInfo,
  ActorRef,
  Logger,
  RefOf,
  Scope,
  Service,
  SpawnOptions,
  SupervisorClass,
  SystemEvents,
  SystemOptions,
} from './actor/types.ts'
import { type Clock, realClock, seededRandom } from './clock.ts'
import { completeOptions, type Settings } from './options.ts'
import { onSignals, signalCode } from './signals.ts'
import { startGuardian } from './supervision/guardian.ts'
import type { Control } from './telemetry/control.ts'
import { Emitter } from './telemetry/emitter.ts'
import { openLog } from './telemetry/log.ts'
import { Operator } from './telemetry/operator.ts'
import type { BlockedAt } from './threads/blocked-at.ts'
import { loadRegistry } from './threads/boot.ts'
import { Crew, type Slot } from './threads/crew.ts'
import { Host } from './threads/host.ts'
import { MemoryWatch } from './threads/memory-watch.ts'
import { LocalOffload } from './threads/offload.ts'
import { Pulses } from './threads/pulses.ts'
import type { Boot, FormerLife, Thread, ThreadFactory } from './threads/thread.ts'
import { type Stall, Watchdog, type Watched } from './threads/watchdog.ts'
import { workerThreads } from './threads/worker-thread.ts'

/** Exit code of a process whose threads can't be brought back; a process supervisor starts it again. */
const EXIT_THREADS_LOST = 75
/** Pause between two looks whether all actors have worked off what waited. */
const DRAIN_LOOK_MS = 5

/** What a system runs on: the real thing, or virtual time and simulated threads. */
export interface Platform {
  clock: Clock
  threads: ThreadFactory
  /** Called where the process has to end because a thread can't be. */
  endProcess(why: string): void
  /** Told of the host of the starting thread before anything runs on it. */
  hosted?(host: Host): void
}

export class ActorSystem implements Scope, AsyncDisposable {
  /** What operators see and do; the command line talks to it. */
  readonly control: Control
  readonly name: string
  readonly log: Logger
  readonly #settings: Settings
  readonly #platform: Platform
  readonly #host: Host
  readonly #crew: Crew
  readonly #emitter: Emitter<SystemEvents>
  readonly #watchdog: Watchdog
  readonly #memoryWatch: MemoryWatch
  readonly #user: Cell
  readonly #services: Cell
  readonly #deferred = new Set<() => void>()
  #closing: Promise<void> | undefined
  #endSignals: () => void = () => undefined
  /** Keeps the process alive while the system runs. */
  readonly #alive = setInterval(() => undefined, 2 ** 30)

  /** Starts a system and all its threads. Rejects with InvalidOptionError or ModuleLoadError, with nothing left running. */
  static start(options: SystemOptions = {}): Promise<ActorSystem> {
    return launch(options, { clock: realClock, threads: workerThreads, endProcess })
  }

  /** @internal */
  constructor(
    settings: Settings,
    platform: Platform,
    host: Host,
    emitter: Emitter<SystemEvents>,
    operator: Operator,
  ) {
    this.name = settings.name
    this.log = host.log
    this.#settings = settings
    this.#platform = platform
    this.#host = host
    this.#emitter = emitter
    this.#crew = new Crew(host, platform.threads, (slot, before) => this.#bootOf(slot, before), {
      opened: (thread) => operator.threadOpened(thread),
      lost: (loss, actors) => {
        operator.threadsLost++
        host.log.error(
          { lost: loss.thread, reason: loss.reason },
          `thread ${loss.thread} was lost: ${loss.reason}`,
        )
        emitter.emit('threadLost', { thread: loss.thread, reason: loss.reason, actors })
      },
      fatal: (why) => this.#fatal(why),
    })
    const threads = () => this.#openThreads()
    const { clock } = platform
    const shortestMs = Math.min(settings.limits.stallMs, ...Object.values(settings.stallMs))
    this.#watchdog = new Watchdog(clock, host.pulses, shortestMs, threads, (stall, thread) =>
      this.#stalled(stall, thread, operator),
    )
    const numbers = () => [...threads()].map(({ number }) => number)
    this.#memoryWatch = new MemoryWatch(
      clock,
      host.pulses,
      settings.limits.rssMb,
      numbers,
      (thread, rss, limit) =>
        this.#crew.replace(thread, `the process uses ${rss} MB of ${limit} MB, most of it here`),
    )
    this.#services = startGuardian(host, 'system')
    this.#user = startGuardian(host, 'user')
    this.control = operator
    operator.attach(this.#crew.slots)
  }

  /** @internal */
  async open(): Promise<this> {
    try {
      await this.#crew.start(this.#settings.pools)
      this.#watchdog.start()
      this.#memoryWatch.start()
      for (const { name, supervisor } of this.#settings.services)
        await this.#host.spawn(this.#services, (await this.#supervisorOf(supervisor)) as ActorClass, { name })
      if (this.#settings.signals)
        this.#endSignals = onSignals((signal, count) => void this.#onSignal(signal, count))
    } catch (error) {
      await this.#end()
      throw error
    }
    return this
  }

  /**
   * Starts an actor under `/user` and resolves once its `onStart` has run. Rejects with what its
   * constructor or `onStart` threw, UnknownActorClassError, NameTakenError or InvalidOptionError.
   */
  spawn<C extends ActorClass>(type: C, options?: SpawnOptions<C>): Promise<RefOf<C>> {
    if (this.#closing !== undefined) return Promise.reject(stopped())
    return this.#host.spawn(this.#user, type, options as SpawnOptions | undefined) as Promise<RefOf<C>>
  }

  /** The starting thread. */
  get thread(): number {
    return this.#host.thread
  }

  get [LOCALS](): Map<object, unknown> {
    return this.#host.locals
  }

  /** Milliseconds since the epoch, by the clock of the system. */
  wall(): number {
    return this.#platform.clock.wall()
  }

  /** The actor at a path such as `/user/counter`; undefined where there is none. */
  lookup(path: string): Promise<ActorRef | undefined> {
    return this.#closing === undefined ? this.#host.lookup(path) : Promise.reject(stopped())
  }

  /** Stops an actor and all below it; resolves when it is gone. Its supervisor does not bring it back. */
  stop(ref: ActorRef): Promise<void> {
    return this.#host.stopActor(ref as unknown as Ref, null)
  }

  /** Calls `listener` once when the actor is gone for good, also where that is so already. */
  watch(ref: ActorRef, listener: (exit: Exit) => void): () => void {
    return this.#host.watches.watch(ref as unknown as Ref, (exit) => {
      try {
        listener(exit)
      } catch (error) {
        this.#host.log.error({ err: error }, `a listener to the exit of ${exit.path} failed`)
      }
    })
  }

  /** All actors, parents before their children. */
  inspect(): Promise<ActorInfo[]> {
    return this.control.inspect()
  }

  /** Listens to an event; the returned function ends that. */
  on<E extends keyof SystemEvents>(event: E, listener: (content: SystemEvents[E]) => void): () => void {
    const end = this.#emitter.on(event, listener)
    if (event === 'exit') (this.control as Operator).wantExits(true)
    return end
  }

  /** Sends a message to all actors that subscribe to the topic. */
  publish(topic: string, message: unknown): void {
    this.#host.topics.publish(topic, message)
  }

  defer(run: () => void): () => void {
    return deferIn(this.#deferred, run, (error) =>
      this.log.error({ err: error }, 'what was deferred to the end of the system failed'),
    )
  }

  /** Lets actors work off what waits, then stops all in reverse order of their start, then all threads. */
  shutdown(): Promise<void> {
    this.#closing ??= this.#shutdown()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown()
  }

  async #shutdown(): Promise<void> {
    await this.#drain()
    for (const run of [...this.#deferred]) run()
    for (const root of [this.#user, this.#services]) await root.stop({ kind: 'stopped', path: root.path })
    await this.#end()
  }

  async #drain(): Promise<void> {
    const { clock } = this.#platform
    const end = clock.now() + this.#settings.limits.drainMs
    while (clock.now() < end && (await (this.control as Operator).busy()))
      await new Promise<void>((next) => void clock.after(DRAIN_LOOK_MS, next))
  }

  async #end(): Promise<void> {
    this.#endSignals()
    this.#watchdog.stop()
    this.#memoryWatch.stop()
    await this.#host.offload.close()
    await this.#crew.stop()
    this.#host.links.close()
    clearInterval(this.#alive)
    // Errors that were just raised reach their askers before the log is closed.
    await new Promise<void>((next) => this.#platform.clock.defer(next))
    this.#host.deadlines.stop()
    this.#host.log.flush()
  }

  /** Ends in order, and then as the signal would have; a program that listens itself decides itself when it ends. */
  async #onSignal(signal: NodeJS.Signals, count: number): Promise<void> {
    if (count > 1) process.exit(signalCode(signal))
    const others = process.listenerCount(signal) > 1
    this.#host.log.info(`shutting down on ${signal}; a second signal ends at once`)
    await this.shutdown()
    if (!others) process.exit(signalCode(signal))
  }

  *#openThreads(): Generator<Watched> {
    const { limits, stallMs } = this.#settings
    for (const { number, pool, thread, open } of this.#crew.slots.values())
      if (open && thread !== null) yield { number, thread, stallMs: stallMs[pool] ?? limits.stallMs }
  }

  /** What the thread can tell of itself has to be asked before it is ended. */
  #stalled(stall: Stall, thread: Thread, operator: Operator): void {
    const asked = thread.standstill?.()
    if (asked === undefined) return this.#replaceStalled(stall, undefined, operator)
    void asked.then(({ held, blockedAt }) => {
      const slot = this.#crew.slots.get(stall.thread)
      if (held || slot?.thread !== thread || !slot.open) return
      const stands = blockedAt?.turn === stall.turn && blockedAt.rounds === stall.rounds
      this.#replaceStalled(stall, stands ? blockedAt : undefined, operator)
    })
  }

  #replaceStalled(stall: Stall, blockedAt: BlockedAt | undefined, operator: Operator): void {
    const { thread, ms } = stall
    const { path, method, serial } = operator.describeStall(stall, blockedAt)
    const stack = blockedAt?.stack.length ? blockedAt.stack : undefined
    const at = stack?.[0]
    const place = at === undefined ? '' : `, at ${at}`
    this.#host.log.error(
      { actor: path, method, stalled: thread, ms, stack },
      `${path}.${method} has blocked thread ${thread} for ${Math.round(ms)} ms${place}`,
    )
    this.#emitter.emit('stall', { path, method, thread, ms, at, stack })
    this.#crew.replace(thread, `${path}.${method} blocked it for ${Math.round(ms)} ms${place}`, serial)
  }

  #fatal(why: string): void {
    this.#host.log.error(`${why}; the process ends so that whoever started it can start it again`)
    this.#host.log.flush()
    this.#platform.endProcess(why)
  }

  /** A class has `supervision`; what has not is asked for one. */
  #supervisorOf(given: Service['supervisor']): SupervisorClass | Promise<SupervisorClass> {
    const { name, dataDir } = this.#settings
    return 'supervision' in given ? given : given({ name, dataDir })
  }

  #bootOf({ number, pool }: Slot, before: FormerLife): Boot {
    const { modules, open, limits, pools, name, logLevel, logFile, development, seed, maxHeapMb } =
      this.#settings
    return {
      ...{ thread: number, modules, open, limits, pools, development, ...before },
      pulses: this.#host.pulses.memory,
      log: { level: logLevel, name, file: logFile },
      seed: seed + number,
      maxHeapMb: maxHeapMb[pool],
    }
  }
}

/** Builds and starts a system on a platform. */
export async function launch(options: SystemOptions, platform: Platform): Promise<ActorSystem> {
  const settings = completeOptions(options)
  const { name, limits, pools, development, logLevel, logFile, modules, open } = settings
  const log = openLog({ level: logLevel, name, thread: 0, file: logFile })
  const clock =
    options.seed === undefined ? platform.clock : { ...platform.clock, random: seededRandom(settings.seed) }
  const registry = await loadRegistry(modules, open)
  const emitter = new Emitter<SystemEvents>((error) =>
    log.error({ err: error }, 'a listener of a system event failed'),
  )
  const operator = new Operator(settings, registry, emitter, clock)
  const host = new Host({
    ...{ thread: 0, clock, limits, pools, development, registry, log },
    pulses: new Pulses(),
    offload: (own) => new LocalOffload(own, Math.max(1, Object.values(pools).flat().length)),
    onEvent: (event, content) => emitter.emit(event, content),
    onDeadLetter: (record) => operator.deadLetter(record),
    onChunk: () => undefined,
    onNews: (kind, content) => operator.news(kind, content),
  })
  operator.host = host
  platform.hosted?.(host)
  return new ActorSystem(settings, { ...platform, clock }, host, emitter, operator).open()
}

function stopped(): SystemStoppedError {
  return new SystemStoppedError('the system is shutting down; start another with ActorSystem.start()')
}

/** A thread that can't be ended would keep `process.exit` waiting for ever. */
function endProcess(): void {
  process.exitCode = EXIT_THREADS_LOST
  process.kill(process.pid, 'SIGKILL')
}
