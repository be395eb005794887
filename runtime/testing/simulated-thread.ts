/**
 * Threads of an actor system that live in this one, each with a host, an event loop and links of its
 * own, so that a seed decides how they interleave and a test decides what becomes of them.
 *
 * The modules of a program are loaded once, so what they keep in variables is shared by all threads of
 * a simulation, as it is not by real ones.
 */
import { errorToWire, toError } from '../../protocols/payload/wire-error.ts'
import type { Cell } from '../actor/cell.ts'
import { seededRandom } from '../clock.ts'
import type { Envelope } from '../mailbox/envelope.ts'
import { openLog } from '../telemetry/log.ts'
import { bootHost } from '../threads/boot.ts'
import type { Host } from '../threads/host.ts'
import type { Boot, Loss, Report, Thread, ThreadEvents, ThreadFactory } from '../threads/thread.ts'
import { Channel } from './channel.ts'
import type { EventLoop, Lane } from './event-loop.ts'
import type { Simulation } from './simulation.ts'
import { virtualClock } from './virtual-clock.ts'

export class SimulatedThreads implements ThreadFactory {
  readonly #simulation: Simulation
  readonly #onHost: (host: Host, loop: EventLoop) => void
  readonly #threads = new Map<number, SimulatedThread>()
  /** Threads load their modules one after the other, so that the order does not depend on the disk. */
  #booted: Promise<unknown> = Promise.resolve()

  /** @param onHost told of each thread's host once it is there */
  constructor(simulation: Simulation, onHost: (host: Host, loop: EventLoop) => void) {
    this.#simulation = simulation
    this.#onHost = onHost
  }

  /** The thread that has a number at present. */
  get(number: number): SimulatedThread | undefined {
    return this.#threads.get(number)
  }

  start(boot: Boot, events: ThreadEvents): Thread {
    const thread = new SimulatedThread(this.#simulation, events)
    this.#threads.set(boot.thread, thread)
    this.#booted = this.#booted.then(() =>
      this.#simulation.hold(thread.boot(structuredClone(boot), this.#onHost)),
    )
    return thread
  }

  join(a: { number: number; thread: Thread }, b: { number: number; thread: Thread }): void {
    const [one, other] = [a.thread as SimulatedThread, b.thread as SimulatedThread]
    const there = new Channel(one.loop, other.loop)
    const back = new Channel(other.loop, one.loop)
    one.open(b.number, there, back)
    other.open(a.number, back, there)
  }
}

/** Unwinds the code of a thread that stands still. */
class Blocked extends Error {}

export class SimulatedThread implements Thread {
  readonly loop: EventLoop
  readonly carrier: Channel
  readonly ended: Promise<void>
  host: Host | undefined
  readonly #simulation: Simulation
  readonly #events: ThreadEvents
  readonly #toSystem: Channel
  readonly #commands: Lane
  readonly #reports: Lane
  readonly #end = Promise.withResolvers<void>()

  constructor(simulation: Simulation, events: ThreadEvents) {
    this.#simulation = simulation
    this.#events = events
    this.loop = simulation.addLoop((error) => this.#caught(error))
    this.carrier = new Channel(simulation.main, this.loop)
    this.#toSystem = new Channel(this.loop, simulation.main)
    this.#commands = this.loop.lane()
    this.#reports = simulation.main.lane()
    this.ended = this.#end.promise
  }

  /** Builds the host and reports, as the entry of a worker thread does. */
  async boot(boot: Boot, onHost: (host: Host, loop: EventLoop) => void): Promise<void> {
    try {
      const log = openLog({ ...boot.log, thread: boot.thread })
      const clock = virtualClock(this.#simulation.time, this.loop, seededRandom(boot.seed))
      const host = await bootHost(boot, clock, log, (memory, index) =>
        this.#report({ kind: 'chunk', memory, index }),
      )
      this.host = host
      onHost(host, this.loop)
      this.#connect(host, 0, this.#toSystem, this.carrier)
      this.#report({ kind: 'ready' })
    } catch (error) {
      this.#report({ kind: 'failed', error: errorToWire(toError(error)) })
    }
  }

  open(thread: number, there: Channel, back: Channel): void {
    this.#command((host) => {
      this.#connect(host, thread, there, back)
      host.threadOpened(thread)
    })
  }

  onBatch(receive: (batch: unknown[]) => void): void {
    this.#toSystem.open(receive)
  }

  lost(loss: Loss): void {
    this.#command((host) => host.threadLost(loss))
  }

  stop(): void {
    this.#command(() => this.exit('it ended by itself'))
  }

  async terminate(): Promise<void> {
    this.exit('it was ended')
    await this.ended
  }

  /** A loop that stands still is busy all the time, any other has done what there was to do. */
  utilization(): number {
    return this.loop.stalled ? 1 : 0
  }

  /** Ends it for the reason that the system is told. */
  exit(reason: string): void {
    if (this.loop.ended) return
    this.loop.end()
    this.#simulation.removeLoop(this.loop)
    this.#simulation.main.put(this.#reports, () => {
      this.#events.exit(reason)
      this.#end.resolve()
    })
  }

  /** To be called when a turn begins: it never ends, and nothing else on this thread happens any more. */
  block(cell: Cell, { handler }: Envelope): never {
    this.loop.stall()
    this.#showBlocked = () =>
      cell.host.pulse.turnStarts(cell.serial, cell.type.index, handler.index, cell.entry)
    throw new Blocked()
  }

  #showBlocked: () => void = () => undefined

  #connect(host: Host, thread: number, there: Channel, back: Channel): void {
    back.open(host.links.open(thread, there))
  }

  #command(obey: (host: Host) => void): void {
    this.loop.put(this.#commands, () => {
      if (this.host === undefined) return
      obey(this.host)
      this.host.scheduler.runNow()
    })
  }

  #report(report: Report): void {
    if (this.loop.runs) this.#simulation.main.put(this.#reports, () => this.#events.report(report))
  }

  /** The scheduler has unwound and shows that no turn runs; the one that blocks is still there. */
  #caught(error: unknown): void {
    if (error instanceof Blocked) this.#showBlocked()
    else this.exit(`uncaught ${toError(error).name}: ${toError(error).message}`)
  }
}
