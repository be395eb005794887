/**
 * An actor system for tests: the runtime itself, in virtual time and from one seed.
 *
 *   a test -> TestSystem -> ActorSystem (hosts, scheduler, supervision, watchdog: the real ones)
 *                 |              |
 *             Simulation <- Platform: virtual clock, simulated threads
 */
import type { Exit } from '../../protocols/exit.ts'
import { checkInteger, checkNumber } from '../../protocols/limits.ts'
import type { Actor } from '../actor/actor.ts'
import type {
  ActorClass,
  ActorInfo,
  ActorRef,
  RefOf,
  SpawnOptions,
  SystemEvents,
  SystemOptions,
} from '../actor/types.ts'
import { seededRandom } from '../clock.ts'
import { type ActorSystem, launch } from '../system.ts'
import type { Host } from '../threads/host.ts'
import { RestlessError } from './errors.ts'
import { Faults } from './faults.ts'
import { type LooseRef, Probe } from './probe.ts'
import { addProbes, openInbox, ProbeActor } from './probe-type.ts'
import { Recorder, type TraceEntry } from './recorder.ts'
import { SimulatedThreads } from './simulated-thread.ts'
import { Simulation } from './simulation.ts'
import { virtualClock } from './virtual-clock.ts'

/** Resident memory depends on the machine and on other tests, so that no thread is replaced because of it. */
const ANY_RSS_MB = 2 ** 30
/** Share of turns after which an actor gives way though more waits for it. */
const SHORT_SLICES = 1 / 8

export interface TestOptions extends SystemOptions {
  /** From which everything follows that is left to chance; default 1. */
  seed?: number
  /** Whether `trace` is kept; without it sends take the same short ways as in production. Default true. */
  trace?: boolean
}

/**
 * The same program does the same with the same seed, also the user's own actors, as long as they take
 * time and chance from the runtime only. With another seed simulated threads interleave differently.
 *
 * Differs from ActorSystem in its defaults: no threads, no log, no signals.
 */
export class TestSystem implements AsyncDisposable {
  readonly system: ActorSystem
  readonly #simulation: Simulation
  readonly #recorder: Recorder
  readonly #faults: Faults

  /** Starts a system. Rejects as ActorSystem.start does. */
  static async start({ seed = 1, trace = true, ...options }: TestOptions = {}): Promise<TestSystem> {
    checkInteger('seed', seed, 0)
    const simulation = new Simulation(seed)
    const recorder = new Recorder(simulation.time)
    const prepare = (host: Host, runs: () => boolean) => {
      addProbes(host)
      if (!trace) return
      recorder.observe(host, runs)
      shortenSlices(host, simulation)
    }
    const threads = new SimulatedThreads(simulation, (host, loop) => prepare(host, () => loop.runs))
    let main: Host | undefined
    const launched = launch(
      {
        threads: 0,
        logLevel: 'silent',
        signals: false,
        ...options,
        seed,
        limits: { rssMb: ANY_RSS_MB, ...options.limits },
      },
      {
        clock: virtualClock(simulation.time, simulation.main, seededRandom(seed)),
        threads,
        endProcess: (why) => simulation.fail(new RestlessError(`the process would have ended here: ${why}`)),
        hosted(host) {
          main = host
          prepare(host, () => true)
        },
      },
    )
    const system = await simulation.drive(launched, 'the start of the system')
    if (trace) recorder.follow(system)
    await simulation.settle()
    return new TestSystem(system, simulation, recorder, new Faults(threads, () => main as Host))
  }

  private constructor(system: ActorSystem, simulation: Simulation, recorder: Recorder, faults: Faults) {
    this.system = system
    this.#simulation = simulation
    this.#recorder = recorder
    this.#faults = faults
  }

  /** See ActorSystem.spawn. An `onStart` that waits for time needs advance() meanwhile. */
  spawn<C extends ActorClass>(type: C, options?: SpawnOptions<C>): Promise<RefOf<C>> {
    return this.system.spawn(type, options)
  }

  lookup(path: string): Promise<ActorRef | undefined> {
    return this.system.lookup(path)
  }

  stop(ref: ActorRef): Promise<void> {
    return this.system.stop(ref)
  }

  watch(ref: ActorRef, listener: (exit: Exit) => void): () => void {
    return this.system.watch(ref, listener)
  }

  inspect(): Promise<ActorInfo[]> {
    return this.system.inspect()
  }

  on<E extends keyof SystemEvents>(event: E, listener: (content: SystemEvents[E]) => void): () => void {
    return this.system.on(event, listener)
  }

  publish(topic: string, message: unknown): void {
    this.system.publish(topic, message)
  }

  /** Resolves when nothing is ready to run and no message is under way. Rejects with RestlessError for actors that never rest. */
  settle(): Promise<void> {
    return this.#simulation.settle()
  }

  /** Moves time on by so many milliseconds: timers fire in order, and everything settles between. */
  async advance(ms: number): Promise<void> {
    checkNumber('the time given to advance()', ms, 0)
    await this.#simulation.advance(ms)
  }

  /** Milliseconds of virtual time since the start. */
  now(): number {
    return this.#simulation.time.now
  }

  /**
   * Starts an actor under `/user` that takes any message.
   *
   * @typeParam A the class that it stands for, where its reference is to have that type
   */
  async probe<A extends Actor = never>(
    name?: string,
  ): Promise<Probe<[A] extends [never] ? LooseRef : ActorRef<A>>> {
    const probe = new Probe<[A] extends [never] ? LooseRef : ActorRef<A>>(this.#simulation)
    const ref = await this.system.spawn(ProbeActor, { name, args: [openInbox(probe.inbox)] })
    return probe.attach(ref as unknown as [A] extends [never] ? LooseRef : ActorRef<A>)
  }

  /** Lets an actor fail as if its handler had thrown, and settles. Resolves with false where it isn't running. */
  async crash(ref: ActorRef, error = new Error('the test lets it fail')): Promise<boolean> {
    const crashed = this.#faults.crash(ref, error)
    await this.settle()
    return crashed
  }

  /**
   * The actor's next turn will block its thread for good, until the watchdog ends the thread after
   * `limits.stallMs` of virtual time. Resolves with false where it isn't there. Rejects with
   * InvalidOptionError for an actor of the starting thread, which no watchdog looks after.
   */
  async stall(ref: ActorRef): Promise<boolean> {
    await this.settle()
    return this.#faults.stall(ref)
  }

  /** Ends a thread at once with all that is on it, as a full heap does, and settles. Rejects with InvalidOptionError where there is none. */
  async loseThread(thread: number, reason = 'the test lets it end'): Promise<void> {
    this.#faults.loseThread(thread, reason)
    await this.settle()
  }

  /** What happened so far, in order; the first 200,000 entries. */
  get trace(): readonly TraceEntry[] {
    return this.#recorder.entries
  }

  /** The same for two runs in which the same happened in the same order. */
  traceHash(): string {
    return this.#recorder.hash
  }

  /** Shuts the system down; time moves by itself meanwhile. */
  async shutdown(): Promise<void> {
    await this.#simulation.drive(this.system.shutdown(), 'the shutdown of the system')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown()
  }
}

/** Time stands still during a turn, so that it is the seed that says when a slice of turns is used up. */
function shortenSlices(host: Host, { random }: Simulation): void {
  const nothing = () => undefined
  host.observe({
    received() {
      if (random() < SHORT_SLICES) host.scheduler.slice.end()
    },
    ...{ sent: nothing, handled: nothing, failed: nothing },
  })
}
