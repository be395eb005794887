/**
 * What the system needs of a thread that hosts actors, and what the two say to each other outside the
 * links between hosts. A real one is a worker thread; in tests a thread can be simulated.
 *
 *   system                       thread
 *      | -- Boot ------------------> |  imports its modules
 *      | <------------------ ready - |
 *      | -- open(thread, port) ----> |  for each other thread
 *      | -- lost(thread) ----------> |  when another thread ended
 *      | -- nudge -----------------> |  when it seems to stand still
 *      | -- stop ------------------> |
 */
import type { MessagePort } from 'node:worker_threads'
import type { Limits } from '../../protocols/limits.ts'
import type { LogLevel } from '../actor/types.ts'
import type { Named } from '../delivery/departed.ts'
import type { Carrier } from '../delivery/links.ts'
import type { Chunk } from './directory.ts'
import type { Standstill } from './inspector.ts'
import type { PoolMap } from './placement.ts'

/** What a thread is started with: plain data. */
export interface Boot {
  thread: number
  modules: readonly string[]
  /** Whether classes may be used that no module exports. */
  open: boolean
  limits: Limits
  pools: PoolMap
  pulses: SharedArrayBuffer
  log: { level: LogLevel; name: string; file: string | undefined }
  development: boolean
  seed: number
  maxHeapMb: number | undefined
  /** Actors of the thread's former life that their supervisors may bring back. */
  expected: readonly number[]
  /** What the actors of the thread's former life were called, the first of them. */
  former: readonly Named[]
}

/** What a thread is told of its former life. */
export type FormerLife = Pick<Boot, 'expected' | 'former'>

/** Why a thread is lost, and whose turn blocked it where one did. */
export interface Loss {
  thread: number
  reason: string
  stalledSerial: number
}

export type Command =
  | { kind: 'open'; thread: number; port: MessagePort }
  | ({ kind: 'lost' } & Loss)
  | { kind: 'nudge' }
  | { kind: 'stop' }

export type Report =
  | { kind: 'ready' }
  | { kind: 'failed'; error: unknown }
  | { kind: 'chunk'; memory: Chunk; index: number }

export interface ThreadEvents {
  report(report: Report): void
  /** The thread has ended, for the reason given. */
  exit(reason: string): void
}

export interface Thread {
  lost(loss: Loss): void
  /** Has it show a pulse as soon as its event loop turns. A simulated thread is never busy without one. */
  nudge?(): void
  /** Tells, of a thread that stands still, where and why; in bounded time. A simulated thread has no code to look at. */
  standstill?(): Promise<Standstill>
  stop(): void
  /** Ends it by force. Resolves when it has ended. */
  terminate(): Promise<void>
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  /** Share of the time since the previous call in which its event loop was busy, 0 to 1. */
  utilization(): number
  /** Carries to it what this thread sends. */
  readonly carrier: Carrier
  /** Called with each batch that it sends to this thread. */
  onBatch(receive: (batch: unknown[]) => void): void
}

export interface ThreadFactory {
  start(boot: Boot, events: ThreadEvents): Thread
  /** Joins two threads directly. */
  join(a: { number: number; thread: Thread }, b: { number: number; thread: Thread }): void
}
