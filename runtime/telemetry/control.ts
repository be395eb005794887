/**
 * What an operator can see of a running system and do to it.
 *
 * The command line talks to this interface through a local socket; exporters and dashboards read
 * the same figures. The system implements it; nothing else reaches into the system.
 */
import type { ActorInfo, DeadLetter } from '../actor/types.ts'

/** Operations on a running system. Each rejects with a NeuroplexError that says what to do. */
export interface Control {
  describe(): SystemDescription
  inspect(): Promise<ActorInfo[]>
  metrics(): Promise<SystemMetrics>
  /** The newest dead letters, oldest first; bounded by `limits.deadLetters`. */
  deadLetters(): DeadLetterRecord[]
  /** Calls `listener` for each message that reaches the actor or leaves it, until the returned function is called. */
  trace(path: string, listener: (event: TraceEvent) => void): Promise<() => Promise<void>>
  /** Restarts one actor as if it had failed; it counts against no restart budget. */
  restart(path: string): Promise<void>
  /** Stops one actor and all below it. Its supervisor does not start it again. */
  stop(path: string): Promise<void>
  /** Asks an actor of a service, which is below `/system/`, a question without arguments; gives its answer. */
  ask(path: string, method: string): Promise<unknown>
}

export interface SystemDescription {
  name: string
  pid: number
  version: string
  node: string
  startedAt: number
  threads: { thread: number; pool: string }[]
}

/** One reading of all counters, summed since the start of the system. */
export interface SystemMetrics {
  /** Wall clock of the reading, milliseconds since the epoch. */
  at: number
  rssBytes: number
  threadsLost: number
  threads: ThreadMetrics[]
  pools: PoolMetrics[]
}

export interface PoolMetrics extends Counters {
  pool: string
  threads: number
  actors: number
}

export interface ThreadMetrics extends Counters {
  thread: number
  pool: string
  /** False while the thread is being replaced or does not answer. */
  answers: boolean
  actors: number
  heapBytes: number
  /** Memory of ArrayBuffers and native objects, which a heap limit does not cover. */
  externalBytes: number
  /** Share of time in which the event loop was busy since the previous reading, 0 to 1. */
  utilization: number
}

/** Totals since the thread started. */
export interface Counters {
  /** Messages accepted into a mailbox. */
  messages: number
  /** Handler calls. */
  turns: number
  /** Messages that went to another thread. */
  sentAcross: number
  restarts: number
  stalls: number
  deadLetters: number
  /** Messages waiting now. */
  queued: number
  /** Time from mailbox to turn, sampled: count and sum of samples and the greatest, in microseconds. */
  queueWait: { samples: number; sumUs: number; maxUs: number }
}

export interface DeadLetterRecord extends DeadLetter {
  /** Wall clock, milliseconds since the epoch. */
  at: number
  from?: string
  /** The message of the error that the handler raised, where one did. */
  detail?: string
}

export interface TraceEvent {
  at: number
  path: string
  kind: 'received' | 'handled' | 'failed' | 'sent'
  method: string
  /** The other party: the sender of what was received, the target of what was sent. */
  peer?: string
  /** The arguments, shortened for display. */
  args: string
  /** Duration of the turn, for `handled` and `failed`. */
  ms?: number
  error?: string
}
