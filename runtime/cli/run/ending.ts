/** How a node's process ended, and what its supervisor makes of it. Pure. */
import type { RestartWindow } from '../../../protocols/restart/intensity.ts'
import { signalCode } from '../../signals.ts'
import { EXIT } from '../exit-codes.ts'

export interface Ending {
  /** Null where a signal ended the process. */
  code: number | null
  signal: NodeJS.Signals | null
}

export type Decision = 'end' | 'restart' | 'give-up'

/** A command line that is wrong does not get better by being tried again. */
const HOPELESS: readonly number[] = [EXIT.ok, EXIT.usage]

/** Decides once per ending, since each restart counts against the budget. */
export function decide({ code }: Ending, stopping: boolean, window: RestartWindow, now: number): Decision {
  if (stopping || (code !== null && HOPELESS.includes(code))) return 'end'
  return window.allow(now) ? 'restart' : 'give-up'
}

/** The exit code that a shell would report. */
export function exitCode({ code, signal }: Ending): number {
  if (code !== null) return code
  return signal === null ? EXIT.failed : signalCode(signal)
}

export function describeEnding({ code, signal }: Ending): string {
  return signal === null ? `exit code ${code}` : signal
}
