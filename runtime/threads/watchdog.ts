/**
 * Finds threads whose event loop stands still: from the pulse that each shows in shared memory, and,
 * where code runs on after an await, from the load of its event loop. One that seems to stand still is
 * nudged half-way to the limit: code that computes for long but lets the loop turn now and then shows a
 * pulse at that. Nothing has to run on a thread that is idle.
 */
import type { Clock } from '../clock.ts'
import type { Pulse, Pulses } from './pulses.ts'
import type { Thread } from './thread.ts'

/** A stall is found at most this many milliseconds late. */
const MAX_INTERVAL_MS = 100
/** Looks within one stall limit. */
const LOOKS = 20
/** A look that comes later than this many intervals says that the process was held up as a whole. */
const LATE = 5
/** From this load on a loop that begins no new round is taken for blocked. */
const BLOCKED = 0.95

export interface Stall {
  thread: number
  /** Serial of the actor whose turn runs; 0 where it is known only that the thread stands still. */
  serial: number
  type: number
  method: number
  entry: number
  /** Turns begun and rounds of the event loop when it was found. */
  turn: number
  rounds: number
  ms: number
}

export interface Watched {
  readonly number: number
  readonly thread: Thread
  /** How long its loop may stand still. */
  readonly stallMs: number
}

interface Look {
  turn: number
  rounds: number
  /** Clock time since which nothing has moved. */
  since: number
  nudged: boolean
}

export class Watchdog {
  readonly #clock: Clock
  readonly #pulses: Pulses
  readonly #threads: () => Iterable<Watched>
  readonly #onStall: (stall: Stall, thread: Thread) => void
  readonly #looks = new Map<Thread, Look>()
  #cancel: (() => void) | undefined
  #lastLook: number
  readonly #interval: number

  /** @param shortestMs the shortest stall limit of all threads */
  constructor(
    clock: Clock,
    pulses: Pulses,
    shortestMs: number,
    threads: () => Iterable<Watched>,
    onStall: (stall: Stall, thread: Thread) => void,
  ) {
    this.#clock = clock
    this.#pulses = pulses
    this.#threads = threads
    this.#onStall = onStall
    this.#interval = Math.min(MAX_INTERVAL_MS, shortestMs / LOOKS)
    this.#lastLook = clock.now()
  }

  start(): void {
    this.#lastLook = this.#clock.now()
    const look = () => {
      this.#cancel = this.#clock.after(this.#interval, look)
      this.#lookAtAll()
    }
    this.#cancel = this.#clock.after(this.#interval, look)
  }

  stop(): void {
    this.#cancel?.()
  }

  #lookAtAll(): void {
    const now = this.#clock.now()
    this.#forgive(now - this.#lastLook - this.#interval)
    this.#lastLook = now
    const present = new Set<Thread>()
    for (const watched of this.#threads()) {
      present.add(watched.thread)
      this.#lookAt(watched, now)
    }
    for (const thread of this.#looks.keys()) if (!present.has(thread)) this.#looks.delete(thread)
  }

  /** Time in which the whole process stood still, as on a machine that was suspended, is no thread's fault. */
  #forgive(lateMs: number): void {
    if (lateMs > this.#interval * LATE) for (const look of this.#looks.values()) look.since += lateMs
  }

  #lookAt({ number, thread, stallMs }: Watched, now: number): void {
    const pulse = this.#pulses.row(number)
    const { turn, rounds } = pulse
    const last = this.#looks.get(thread)
    const stands =
      last !== undefined && last.turn === turn && last.rounds === rounds && this.#isBusy(pulse, thread)
    if (!stands) {
      // A load that was measured before the thread stood still would count against it.
      if (pulse.serial === 0) thread.utilization()
      this.#looks.set(thread, { turn, rounds, since: now, nudged: false })
      return
    }
    const ms = now - last.since
    if (!last.nudged && ms >= stallMs / 2) {
      last.nudged = true
      thread.nudge?.()
    }
    if (ms < stallMs) return
    this.#looks.delete(thread)
    const { serial, type, method, entry } = pulse
    this.#onStall({ thread: number, serial, type, method, entry, turn, rounds, ms }, thread)
  }

  #isBusy(pulse: Pulse, thread: Thread): boolean {
    return pulse.serial !== 0 || thread.utilization() >= BLOCKED
  }
}
