/** One run of the benchmark: finds out who is there, lets them take their turns, reports. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CACHE } from './contenders/build.ts'
import type { Contender } from './contenders/contender.ts'
import { neuroplex, peers } from './contenders/index.ts'
import { describeMachine } from './machine.ts'
import { figuresOf, type Report } from './report.ts'
import { type Outcome, planTurns, type TakeOptions, type Turn, take } from './runner.ts'
import type { Workload } from './workload.ts'

export interface SessionOptions {
  readonly peers: boolean
  readonly runs: number
  readonly quick: boolean
  readonly wait: number
}

type Tell = (line: string) => void

/** In the cache, where what programs write is in nobody's way. */
const WORK_FOLDER = join(CACHE, 'bench')

export async function measure(
  workloads: readonly Workload[],
  options: SessionOptions,
  tell: Tell,
): Promise<Report> {
  const { runs, quick, wait } = options
  const wanted = options.peers ? new Set(workloads.flatMap((workload) => workload.peers)) : []
  const { present, absent, versions } = await findPeers(
    [...wanted].map((id) => peers[id]),
    tell,
  )
  // The load is to be that of the others, so it is read before the first turn.
  const machine = describeMachine(versions)
  const takingPart = (workload: Workload) => [
    neuroplex,
    ...present.filter(({ id }) => workload.peers.some((peer) => peer === id)),
  ]
  const outcomes = await takeAll(
    planTurns(workloads, takingPart, runs),
    { quick, wait, folder: WORK_FOLDER },
    tell,
  )
  return {
    machine,
    options: {
      ...{ runs, quick, turns: outcomes.length },
      disturbed: outcomes.filter(({ disturbed }) => disturbed).length,
    },
    figures: figuresOf(workloads, outcomes),
    absent: absent.map(({ name, install }) => ({ name, install })),
    failures: failuresOf(outcomes),
  }
}

async function findPeers(wanted: readonly Contender[], tell: Tell) {
  const present: Contender[] = []
  const absent: Contender[] = []
  const versions: Record<string, string> = {}
  for (const peer of wanted) {
    const version = await peer.version()
    tell(`${peer.name}: ${version ?? `absent; install it with: ${peer.install}`}`)
    if (version === undefined) absent.push(peer)
    else {
      await peer.prepare()
      versions[peer.name] = version
      present.push(peer)
    }
  }
  return { present, absent, versions }
}

async function takeAll(turns: readonly Turn[], options: TakeOptions, tell: Tell): Promise<Outcome[]> {
  await mkdir(options.folder, { recursive: true })
  const outcomes: Outcome[] = []
  for (const [index, turn] of turns.entries()) {
    const outcome = await take(turn, options)
    outcomes.push(outcome)
    const { run, workload, contender } = turn
    const result = outcome.failure === undefined ? `${outcome.seconds.toFixed(1)} s` : 'FAILED'
    tell(`[${index + 1}/${turns.length}] run ${run + 1}, ${workload.name}, ${contender.name}: ${result}`)
  }
  return outcomes
}

function failuresOf(outcomes: readonly Outcome[]): Report['failures'] {
  return outcomes.flatMap(({ contender, workload, failure }) =>
    failure === undefined ? [] : [{ name: contender.name, workload: workload.name, why: failure }],
  )
}
