/**
 * Every limit of the runtime with its unit, its default and the reason for it, in one place.
 */
import { InvalidOptionError } from './errors.ts'

export interface Limits {
  /** Messages that may wait in one mailbox. */
  mailboxSize: number
  /** Senders that may wait for room in one mailbox whose policy is to park them. */
  parkedSenders: number
  /** Milliseconds until an ask without a deadline of its own gives up. */
  askTimeoutMs: number
  /** Milliseconds that a handler may block its thread before the thread is replaced. */
  stallMs: number
  /** Messages that one actor handles before the next one has its turn. */
  turnMessages: number
  /** Milliseconds of handlers before the event loop sees to timers and sockets. */
  sliceMs: number
  /** Milliseconds that one actor has for its current turn and its `onStop`. */
  shutdownMs: number
  /** Milliseconds in which an orderly shutdown lets actors work off what waits for them. */
  drainMs: number
  /** Milliseconds in which a new thread has to import its modules and report. */
  threadStartMs: number
  /** Milliseconds that a thread has to answer the control plane. */
  controlMs: number
  /** Approximate bytes of one message; large data belongs in storage or in an ArrayBuffer below this. */
  messageBytes: number
  /** Dead letters that are kept for inspection; the rest is counted. */
  deadLetters: number
  /** Streams that one actor may have open at a time. */
  openStreams: number
  /** Items that a stream sends ahead of its reader. */
  streamBatch: number
  /** Milliseconds after which a stream that nobody reads is closed. */
  streamIdleMs: number
  /** Messages on their way to another thread that it has not read yet. */
  linkMessages: number
  /** Messages held for actors of a lost thread until they are back. */
  heldMessages: number
  /** Jobs that may wait for the offload pool. */
  offloadQueue: number
  /** Resident megabytes of the process above which its largest thread is replaced; 0 for nine tenths of the machine. */
  rssMb: number
}

const DEFAULT_LIMITS: Readonly<Limits> = {
  mailboxSize: 10_000,
  parkedSenders: 10_000,
  askTimeoutMs: 5_000,
  stallMs: 5_000,
  turnMessages: 128,
  sliceMs: 2,
  shutdownMs: 5_000,
  drainMs: 5_000,
  threadStartMs: 30_000,
  controlMs: 5_000,
  messageBytes: 64 * 1024 * 1024,
  deadLetters: 1_000,
  openStreams: 1_000,
  streamBatch: 64,
  streamIdleMs: 60_000,
  linkMessages: 1_000_000,
  heldMessages: 10_000,
  offloadQueue: 1_000,
  rssMb: 0,
}

/** Fills in the defaults. Throws InvalidOptionError for an unknown name or a value out of range. */
export function completeLimits(given: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      throw new InvalidOptionError(
        `there is no limit "${name}"; the limits are ${Object.keys(DEFAULT_LIMITS).join(', ')}`,
      )
    if (value !== undefined) checkNumber(`limits.${name}`, value, name === 'rssMb' ? 0 : 1)
  }
  const known = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(known) }
}

/** Throws InvalidOptionError unless `value` is a finite number from `min` to `max`. */
export function checkNumber(
  name: string,
  value: unknown,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (typeof value === 'number' && value >= min && value <= max) return
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
  throw new InvalidOptionError(`${name} has to be a number ${range}, not ${String(value)}`)
}

/** Throws InvalidOptionError unless `value` is a whole number from `min` to `max`. */
export function checkInteger(
  name: string,
  value: unknown,
  min: number,
  max?: number,
): asserts value is number {
  checkNumber(name, value, min, max)
  if (!Number.isInteger(value)) throw new InvalidOptionError(`${name} has to be a whole number, not ${value}`)
}
