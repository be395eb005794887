/**
 * The only place that reads the clock and randomness. Everything else is handed a Clock, so that a
 * test can run the whole system in virtual time from one seed.
 */
import { performance } from 'node:perf_hooks'

export interface Clock {
  /** Milliseconds, monotonic, comparable between the threads of one process. */
  now(): number
  /** Milliseconds since the epoch. */
  wall(): number
  /** From 0 up to 1. */
  random(): number
  /** Calls `run` once after `ms`; the returned function cancels. Does not keep the process alive. */
  after(ms: number, run: () => void): () => void
  /** Calls `run` after the events that wait now, so that sockets and timers get their turn. */
  defer(run: () => void): void
  /** Calls `run` as soon as the running code has ended. */
  soon(run: () => void): void
}

/** A timer of Node counts up to this many milliseconds; longer ones are cut here. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** A thread may be interrupted between two clocks that it reads, for long where many threads start at once. */
const READINGS = 8

/** Every thread has an origin of performance.now() of its own; hrtime is the same for all. */
const ORIGIN_MS = originMs()

/** The origin by the reading that took the least time. */
function originMs(): number {
  let origin = 0
  let shortest = Number.POSITIVE_INFINITY
  for (let left = READINGS; left > 0; left--) {
    const before = performance.now()
    const now = Number(process.hrtime.bigint()) / 1e6
    const after = performance.now()
    if (after - before >= shortest) continue
    shortest = after - before
    origin = now - (before + after) / 2
  }
  return origin
}

export const realClock: Clock = {
  now: () => ORIGIN_MS + performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), MAX_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
  defer: (run) => void setImmediate(run),
  soon(run) {
    waiting.push(run)
    if (waiting.length === 1) runWaiting()
  },
}

/** What is to run as soon as the running code has ended. */
let waiting: (() => void)[] = []
let runWaiting: () => void

/**
 * Runs in the async context in which this module was loaded, whoever hands code over: to change the
 * context for each would cost more than the code itself.
 */
async function pump(): Promise<never> {
  for (let call = nextCall(); ; ) {
    await call
    call = nextCall()
    const due = waiting
    waiting = []
    for (const run of due) runSafely(run)
  }
}

function nextCall(): Promise<void> {
  return new Promise((resolve) => {
    runWaiting = resolve
  })
}

/** What it throws is reported as of a promise that nobody handles. */
function runSafely(run: () => void): void {
  try {
    run()
  } catch (error) {
    void Promise.reject(error)
  }
}

void pump()

/** Numbers from 0 up to 1 that follow from the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
