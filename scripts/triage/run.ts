/** Runs the job from options to results, and clears away what it needed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ActorSystem } from '../../runtime/index.ts'
import { Incidents } from './incidents.ts'
import { Job } from './job.ts'
import { type JobOptions, makePlan } from './plan.ts'
import { Progress } from './progress.ts'
import { makeReport, type Report } from './report.ts'
import type { Display, DisplayParts } from './show/live.ts'
import { PARSERS_PER_THREAD, readGenesis, startSystem, startTeam } from './team/start.ts'

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
  const incidents = new Incidents()
  signal.addEventListener('abort', () => {
    progress.ending = true
  })
  let system: ActorSystem | undefined
  let job: Job | undefined
  const display = show({
    ...{ progress, incidents },
    inspect: async () => (await system?.inspect()) ?? [],
    plan: () => job?.coordination?.plan.view(),
    decided: () => job?.decided,
  })
  try {
    const { seed, chaos, threads, byzantine } = options
    const plan = await progress.phase('list and divide the mail', async (phase) => {
      const made = await makePlan(options, folder)
      phase.done = made.learn.length + made.judge.length
      return made
    })
    const team = await progress.phase(
      'start the team',
      async (phase) => {
        system = await startSystem({ threads, folder, chaos, liars: byzantine })
        incidents.watch(system)
        const parsers = threads * PARSERS_PER_THREAD
        const started = await startTeam(system, { parsers, seed, weights: folder, chaos })
        phase.done = (await system.inspect()).length
        return started
      },
      undefined,
      'actors',
    )
    const genesis = await readGenesis(folder)
    job = new Job({ system: system!, team, genesis, plan, progress, incidents, chaos, signal })
    await job.run()
    const liars = await job.liars()
    return makeReport({ options, job, progress, incidents, liars, interrupted: signal.aborted })
  } finally {
    display.end()
    await system?.shutdown()
    await rm(folder, { recursive: true, force: true })
  }
}
