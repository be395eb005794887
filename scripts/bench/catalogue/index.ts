/**
 * All workloads, in the order in which they run.
 *
 * Work on one thread runs with `threads: 1`: its actors are spawned by one parent on a worker thread,
 * where actors live by default and where the watch for stalled handlers is on. `rounds` is how often a
 * program repeats its work to give the compilers time; the last round counts.
 */
import type { Workload } from '../workload.ts'
import { asking } from './asking.ts'
import { consensus } from './consensus.ts'
import { documents } from './documents.ts'
import { messaging } from './messaging.ts'
import { spawning } from './spawning.ts'
import { threads } from './threads.ts'

export const workloads: readonly Workload[] = [
  ...messaging,
  ...spawning,
  ...asking,
  ...threads,
  ...documents,
  ...consensus,
]
