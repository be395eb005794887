/**
 * Runs every workload for every system, in turns.
 *
 * A machine is faster at one time than at another, so all systems do one workload before the next one
 * comes, and all workloads are done once before any is done again. Who goes first changes from run to
 * run. Each run is a process of its own: nothing is left over from the one before.
 */
import type { Contender } from './contenders/contender.ts'
import { run } from './execute.ts'
import { type Figure, readFigures } from './figure.ts'
import { untilQuiet } from './quiet.ts'
import { sizesOf, type Workload } from './workload.ts'

/** Long enough for the slowest system at the largest workload, on a machine that has other work. */
const TIMEOUT_MS = 300_000

/** Something that one system does once. */
export interface Turn {
  readonly run: number
  readonly workload: Workload
  readonly contender: Contender
}

export interface Outcome extends Turn {
  readonly figures: readonly Figure[]
  readonly seconds: number
  /** Whether other programs were at work when it began. */
  readonly disturbed: boolean
  /** Why there are no figures. */
  readonly failure?: string
}

/** Who takes part in a workload. */
export type Contenders = (workload: Workload) => readonly Contender[]

export function planTurns(workloads: readonly Workload[], contenders: Contenders, runs: number): Turn[] {
  const turns: Turn[] = []
  for (let run = 0; run < runs; run++)
    for (const workload of workloads.filter(({ maxRuns = runs }) => run < maxRuns))
      for (const contender of rotate(contenders(workload), run)) turns.push({ run, workload, contender })
  return turns
}

function rotate<T>(items: readonly T[], by: number): T[] {
  const first = items.length === 0 ? 0 : by % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}

export interface TakeOptions {
  readonly quick: boolean
  /** Seconds to wait at most for other programs to be done. */
  readonly wait: number
  /** Where the program runs, and what it writes goes. */
  readonly folder: string
}

/** Does the work of one turn. A program that fails is an outcome as well; the others go on. */
export async function take(turn: Turn, { quick, wait, folder }: TakeOptions): Promise<Outcome> {
  const disturbed = !(await untilQuiet(wait * 1_000))
  const started = performance.now()
  const { file, args } = turn.contender.command(turn.workload, sizesOf(turn.workload, quick))
  try {
    const figures = readFigures(await run(file, args, { cwd: folder, timeoutMs: TIMEOUT_MS }))
    return { ...turn, disturbed, figures, seconds: secondsSince(started) }
  } catch (error) {
    return {
      ...turn,
      disturbed,
      figures: [],
      seconds: secondsSince(started),
      failure: (error as Error).message,
    }
  }
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1_000
}
