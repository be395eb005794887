/** Bounds of `neuroplex run`, above all of the process supervisor. */
import type { Backoff } from '../../../protocols/restart/backoff.ts'
import type { Intensity } from '../../../protocols/restart/intensity.ts'

export const RUN_LIMITS = {
  /** Milliseconds between two heartbeats of a supervised node's main thread. */
  heartbeatEveryMs: 500,
  /**
   * Milliseconds without a heartbeat after which the main thread is taken to be blocked. The main
   * thread runs no actors unless there are no other threads, so this much is never work.
   */
  heartbeatLimitMs: 10_000,
  /** Milliseconds that a new node has until its first heartbeat: Node itself has to start. */
  firstHeartbeatMs: 30_000,
  /** A main thread that beats less often than this share over the window is thrashing. */
  thrashWindowMs: 60_000,
  minHeartbeatShare: 0.25,
  /** Milliseconds that a node has to end after a second signal, before it is killed. */
  killAfterMs: 2_000,
  /** Restarts of the process: more in a minute would repeat a failure instead of getting over it. */
  intensity: { restarts: 5, withinMs: 60_000 } as Intensity,
  /** Milliseconds before a restart: long enough for a port or a lease to be free again. */
  backoffMs: [200, 10_000] as Backoff,
} as const
