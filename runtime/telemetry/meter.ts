/**
 * What a thread counts of its own work. Counting is a few assignments a message; reading sums up.
 */
import type { Handler } from '../actor/actor-type.ts'
import type { Cell } from '../actor/cell.ts'
import type { Clock } from '../clock.ts'
import type { Envelope } from '../mailbox/envelope.ts'
import type { Pulse } from '../threads/pulses.ts'
import { ON_START } from '../threads/pulses.ts'
import type { Counters } from './control.ts'

/** One message in this many, a power of two, is timed from mailbox to turn. */
const SAMPLE_EVERY = 64

export class Meter {
  messages = 0
  turns = 0
  sentAcross = 0
  restarts = 0
  readonly #pulse: Pulse
  readonly #clock: Clock
  #samples = 0
  #sumUs = 0
  #maxUs = 0
  #sampled: Envelope | null = null
  #sampledAt = 0

  constructor(pulse: Pulse, clock: Clock) {
    this.#pulse = pulse
    this.#clock = clock
  }

  /** Counts a message that goes into a mailbox; true when this one is to be timed. */
  accepts(): boolean {
    return (++this.messages & (SAMPLE_EVERY - 1)) === 0 && this.#sampled === null
  }

  /** Times a message from now on. */
  sample(envelope: Envelope): void {
    this.#sampled = envelope
    this.#sampledAt = this.#clock.now()
  }

  /** A handler is about to be called. */
  turnStarts(cell: Cell, handler: Handler): void {
    this.turns++
    this.#pulse.turnStarts(cell.serial, cell.type.index, handler.index, cell.entry)
  }

  /** Runs the start of an actor so that the watchdog can name it, should it block the thread. */
  during<T>(cell: Cell, start: () => T): T {
    const pulse = this.#pulse
    const { serial, type, method, entry } = pulse
    pulse.turnStarts(cell.serial, cell.type.index, ON_START, cell.entry)
    try {
      return start()
    } finally {
      pulse.turnStarts(serial, type, method, entry)
    }
  }

  /** A message was taken from its mailbox to be handled. */
  taken(envelope: Envelope): void {
    if (envelope === this.#sampled) this.#endSample()
  }

  /** A sampled message was thrown away; another may be timed. */
  discarded(envelope: Envelope): void {
    if (envelope === this.#sampled) this.#sampled = null
  }

  read(queued: number, deadLetters: number): Counters {
    const queueWait = {
      samples: this.#samples,
      sumUs: Math.round(this.#sumUs),
      maxUs: Math.round(this.#maxUs),
    }
    const { messages, turns, sentAcross, restarts } = this
    return { messages, turns, sentAcross, restarts, stalls: 0, deadLetters, queued, queueWait }
  }

  #endSample(): void {
    const us = (this.#clock.now() - this.#sampledAt) * 1_000
    this.#sampled = null
    this.#samples++
    this.#sumUs += us
    if (us > this.#maxUs) this.#maxUs = us
  }
}

/** The sum of readings. */
export function addCounters(readings: readonly Counters[]): Counters {
  const sum: Counters = {
    messages: 0,
    turns: 0,
    sentAcross: 0,
    restarts: 0,
    stalls: 0,
    deadLetters: 0,
    queued: 0,
    queueWait: { samples: 0, sumUs: 0, maxUs: 0 },
  }
  for (const reading of readings) {
    for (const key of [
      'messages',
      'turns',
      'sentAcross',
      'restarts',
      'stalls',
      'deadLetters',
      'queued',
    ] as const)
      sum[key] += reading[key]
    sum.queueWait.samples += reading.queueWait.samples
    sum.queueWait.sumUs += reading.queueWait.sumUs
    sum.queueWait.maxUs = Math.max(sum.queueWait.maxUs, reading.queueWait.maxUs)
  }
  return sum
}
