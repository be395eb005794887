/**
 * The worker threads of a system: starts them, joins each with every other, and replaces one that is
 * lost. A successor takes over the number and the actors of the one before.
 */
import { SystemStoppedError, ThreadLostError } from '../../protocols/errors.ts'
import { errorFromWire, type WireError } from '../../protocols/payload/wire-error.ts'
import { backoffMs } from '../../protocols/restart/backoff.ts'
import { NAMES_KEPT } from '../delivery/departed.ts'
import { DirectoryReader } from './directory.ts'
import type { Host } from './host.ts'
import type { Boot, FormerLife, Loss, Report, Thread, ThreadFactory } from './thread.ts'

/**
 * Milliseconds that a thread has to end when it is ended by force. The process ends with one that does not, so they
 * are many, and counted in steps: time in which the whole process stood still counts as one step at most.
 */
const TERMINATE_MS = 10_000
const TERMINATE_STEP_MS = 500
/** Starts in a row that may fail before a thread is given up. */
const START_ATTEMPTS = 5
const START_BACKOFF = [50, 2_000] as const
const NO_FORMER_LIFE: FormerLife = { expected: [], former: [] }
/** Actors named in the event about a lost thread. */
const NAMED_ACTORS = 1_000

export interface CrewEvents {
  /** A thread hosts actors from now on. */
  opened(thread: number): void
  lost(loss: Loss, actors: string[]): void
  /** A thread can't be ended, or none can be started in its place: the process has to be. */
  fatal(why: string): void
}

/** One of the numbers that a thread can have, with whoever has it at present. */
export interface Slot {
  readonly number: number
  readonly pool: string
  thread: Thread | null
  directory: DirectoryReader
  /** Whether its thread hosts actors now. */
  open: boolean
  /** Set once the present thread has been declared lost, so that its exit is no news. */
  replacing: boolean
  /** Stalls found on it so far. */
  stalls: number
}

export class Crew {
  readonly slots = new Map<number, Slot>()
  readonly #host: Host
  readonly #factory: ThreadFactory
  readonly #boot: (slot: Slot, before: FormerLife) => Boot
  readonly #events: CrewEvents
  #closing = false

  constructor(
    host: Host,
    factory: ThreadFactory,
    boot: (slot: Slot, before: FormerLife) => Boot,
    events: CrewEvents,
  ) {
    this.#host = host
    this.#factory = factory
    this.#boot = boot
    this.#events = events
  }

  /** Starts all threads of the pools. Rejects, with none left running, when one can't start. */
  async start(pools: Readonly<Record<string, readonly number[]>>): Promise<void> {
    for (const [pool, numbers] of Object.entries(pools))
      for (const number of numbers)
        if (number !== this.#host.thread)
          this.slots.set(number, {
            number,
            pool,
            thread: null,
            directory: new DirectoryReader(),
            open: false,
            replacing: false,
            stalls: 0,
          })
    const started = await Promise.allSettled(
      [...this.slots.values()].map((slot) => this.#start(slot, NO_FORMER_LIFE)),
    )
    const failed = started.find((result) => result.status === 'rejected')
    if (failed === undefined) return
    await this.stop()
    throw failed.reason
  }

  /** Ends a thread that is of no use any more and puts another in its place. */
  replace(number: number, reason: string, stalledSerial = 0): void {
    const slot = this.slots.get(number)
    if (slot === undefined || slot.replacing || this.#closing) return
    slot.replacing = true
    const wasOpen = slot.open
    slot.open = false
    const loss = { thread: number, reason, stalledSerial }
    if (wasOpen) this.#announce(slot, loss)
    void this.#succeed(slot)
  }

  /** Lets all threads end in peace, or ends them. */
  async stop(): Promise<void> {
    this.#closing = true
    const threads = [...this.slots.values()].flatMap(({ thread }) => (thread === null ? [] : [thread]))
    for (const thread of threads) thread.stop()
    await Promise.all(threads.map((thread) => this.#end(thread, 200)))
  }

  #announce(slot: Slot, loss: Loss): void {
    const actors = slot.directory.list(NAMED_ACTORS).map(({ path }) => path)
    for (const other of this.slots.values()) if (other.open) other.thread?.lost(loss)
    this.#host.threadLost(loss)
    this.#host.scheduler.runNow()
    this.#events.lost(loss, actors)
  }

  async #succeed(slot: Slot): Promise<void> {
    const before = {
      expected: slot.directory.supervisedElsewhere(),
      former: slot.directory.list(NAMES_KEPT).map(({ serial, path }) => ({ serial, path })),
    }
    if (slot.thread !== null && !(await this.#end(slot.thread, 0)))
      return this.#events.fatal(`thread ${slot.number} does not end`)
    slot.directory = new DirectoryReader()
    for (let attempt = 1; attempt <= START_ATTEMPTS && !this.#closing; attempt++) {
      try {
        return await this.#start(slot, before)
      } catch (error) {
        this.#host.log.error(
          { starting: slot.number, attempt, err: error },
          `thread ${slot.number} could not be started`,
        )
        await new Promise<void>(
          (next) =>
            void this.#host.clock.after(backoffMs(START_BACKOFF, attempt, this.#host.clock.random()), next),
        )
      }
    }
    if (!this.#closing) this.#events.fatal(`thread ${slot.number} could not be started again`)
  }

  /** Resolves with whether it has ended. */
  async #end(thread: Thread, graceMs: number): Promise<boolean> {
    const { clock } = this.#host
    const pause = (ms: number) => new Promise<void>((over) => void clock.after(ms, over))
    if (graceMs > 0) await Promise.race([thread.ended, pause(graceMs)])
    let hasEnded = false
    const ended = thread.terminate().then(() => {
      hasEnded = true
    })
    for (let ms = 0; !hasEnded && ms < TERMINATE_MS; ms += TERMINATE_STEP_MS)
      await Promise.race([ended, pause(TERMINATE_STEP_MS)])
    return hasEnded
  }

  #start(slot: Slot, before: FormerLife): Promise<void> {
    const host = this.#host
    host.pulses.row(slot.number).clear()
    for (const other of [0, ...this.slots.keys()]) host.pulses.reset(slot.number, other)
    return new Promise((resolve, reject) => {
      const { directory } = slot
      const late = host.clock.after(host.limits.threadStartMs, () =>
        fail(`did not start within ${host.limits.threadStartMs} ms`),
      )
      const fail = (why: string, error?: Error) => {
        late()
        reject(error ?? new ThreadLostError(`thread ${slot.number} ${why}`))
      }
      const report = (message: Report) => {
        if (message.kind === 'chunk') directory.addChunk(message.memory, message.index)
        else if (message.kind === 'failed') fail('', errorFromWire(message.error as WireError))
        else {
          late()
          this.#opened(slot, thread)
          resolve()
        }
      }
      const thread = this.#factory.start(this.#boot(slot, before), {
        report,
        exit: (reason) => {
          fail(
            `ended while it was starting: ${reason}`,
            this.#closing ? new SystemStoppedError('the system is shutting down') : undefined,
          )
          if (slot.thread === thread && slot.open) this.replace(slot.number, reason)
        },
      })
      slot.thread = thread
      slot.replacing = false
    })
  }

  #opened(slot: Slot, thread: Thread): void {
    slot.open = true
    const { number } = slot
    thread.onBatch(this.#host.links.open(number, thread.carrier))
    this.#host.threadOpened(number)
    for (const other of this.slots.values())
      if (other !== slot && other.open && other.thread !== null)
        this.#factory.join({ number, thread }, { number: other.number, thread: other.thread })
    this.#events.opened(number)
    this.#host.scheduler.runNow()
  }
}
