/** Runs the job from options to results, and clears away what it needed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Incidents } from './incidents.ts'
import { Job } from './job.ts'
import { type JobOptions, makePlan } from './plan.ts'
import { Progress } from './progress.ts'
import { makeReport, type Report } from './report.ts'
import type { Display, DisplayParts } from './show/live.ts'
import { PARSERS_PER_THREAD, startSystem, startTeam } from './team/start.ts'

/**
 * @param show begins to show how it goes
 * @param signal when it aborts, the job ends in order with what it has so far
 */
export async function runTriage(
  options: JobOptions,
  show: (parts: DisplayParts) => Display,
  signal: AbortSignal,
): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'neuroplex-triage-'))
  const progress = new Progress()
  try {
    const plan = await makePlan(options, folder)
    await using system = await startSystem(options.threads)
    const incidents = new Incidents(system)
    const display = show({ system, progress, incidents })
    try {
      const { seed, chaos } = options
      const parsers = options.threads * PARSERS_PER_THREAD
      const team = await startTeam(system, { parsers, seed, weights: folder, chaos })
      const job = new Job({ system, team, plan, progress, chaos, signal })
      await job.run()
      const { seconds } = progress
      return makeReport({ options, job, progress, incidents, seconds, interrupted: signal.aborted })
    } finally {
      display.end()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
