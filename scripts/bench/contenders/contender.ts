/** A system that does the work of a workload in a process of its own. */
import type { Sizes } from '../figure.ts'
import type { ContenderId, Workload } from '../workload.ts'

export interface Contender {
  readonly id: ContenderId
  /** Its name in tables. */
  readonly name: string
  /** How to get it, where it isn't installed. */
  readonly install: string
  /** What `prepare` needs and found, in words; undefined where it isn't installed. */
  version(): Promise<string | undefined>
  /** Compiles its programs, where they have changed. */
  prepare(): Promise<void>
  command(workload: Workload, sizes: Sizes): Command
}

export interface Command {
  readonly file: string
  readonly args: readonly string[]
}
