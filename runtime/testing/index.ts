/**
 * Tests of actors in virtual time, name by name.
 */
import '../node-version.ts'

export { NothingComesError, RestlessError } from './errors.ts'
export { type LooseRef, Probe, type ProbeMessage } from './probe.ts'
export type { TraceEntry } from './recorder.ts'
export { type TestOptions, TestSystem } from './test-system.ts'
