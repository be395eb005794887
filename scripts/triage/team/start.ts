/** Starts an actor system, and the team in it. */
import { join } from 'node:path'
import { replicas } from '../../../actors/replica/index.ts'
import { type ActorRef, ActorSystem, child } from '../../../runtime/index.ts'
import { repeated } from '../desk/repeated.ts'
import type { Ballot } from '../vote.ts'
import type { Clerk, Desk } from './clerk.ts'
import type { CommitteeAgent } from './committee.ts'
import type { HeadersAgent, MeaningAgent, WordsAgent } from './members.ts'
import type { Parser } from './parser.ts'
import type { Reader } from './reader.ts'
import {
  clerksSupervisor,
  committeeChild,
  membersSupervisor,
  POOLS,
  TEAM_MODULE,
  type TeamOptions,
  teamSupervisor,
  wardenChild,
} from './tree.ts'
import type { Warden } from './warden.ts'

/** A letter that blocks its parser for longer is to blame; a busy machine needs some room. */
const STALL_MS = 3_000
/** When the job ends, nobody waits any more for what a model is still at. */
const DRAIN_MS = 500
/** On each thread one parses while the other's letter is on its way. */
export const PARSERS_PER_THREAD = 2

/** Supervisors bring back what has started once; a first start that fails is for whoever asked for it. */
const START_ATTEMPTS = 3

/** The clerks' names, as the plan has them. */
export const CLERKS = ['clerk-1', 'clerk-2'] as const

export interface Clerks {
  readonly refs: ReadonlyMap<string, ActorRef<Clerk>>
  /** Makes sure that a clerk that is gone does not come back with another life of its supervisor. */
  dismiss(name: string): Promise<void>
}

export interface Team {
  readonly reader: ActorRef<Reader>
  readonly parsers: readonly ActorRef<Parser>[]
  readonly warden: ActorRef<Warden>
  readonly members: {
    readonly words: ActorRef<WordsAgent>
    readonly headers: ActorRef<HeadersAgent>
    readonly meaning: ActorRef<MeaningAgent>
  }
  /** Adds the committee, as soon as there is something for it to learn from. */
  appoint(ballots: readonly Ballot[], unsureWithin: number): Promise<ActorRef<CommitteeAgent>>
  /** Adds the clerks, who then do what the plan gives them. */
  hire(desk: Pick<Desk, 'committee' | 'files' | 'spotCheckEvery'>): Promise<Clerks>
}

/**
 * The job tells itself what happens to its actors, so the system's log would say it twice.
 *
 * @param folder for what belongs to the system
 */
export function startSystem(threads: number, folder: string): Promise<ActorSystem> {
  return ActorSystem.start({
    name: 'triage',
    modules: [TEAM_MODULE],
    threads,
    pools: POOLS,
    dataDir: join(folder, 'system'),
    services: [replicas({ storage: 'embedded', pool: 'documents' })],
    limits: { stallMs: STALL_MS, drainMs: DRAIN_MS },
    logLevel: 'silent',
    signals: false,
  })
}

export async function startTeam(system: ActorSystem, options: TeamOptions): Promise<Team> {
  const team = await system.spawn(teamSupervisor(options), { name: 'team' })
  const parsers = await team.child('parsers')
  const models = await team.child('models')
  const members = await team.startChild(
    'members',
    child(
      membersSupervisor({
        encoder: await models.child('encoder'),
        words: await models.child('words'),
        headers: await models.child('headers'),
        meaning: await models.child('meaning'),
      }),
    ),
  )
  const agents = {
    words: await members.child('words'),
    headers: await members.child('headers'),
    meaning: await members.child('meaning'),
  }
  const names = Array.from({ length: options.parsers }, (_, i) => `parser-${i + 1}`)
  const workers = {
    reader: await team.child('reader'),
    parsers: await Promise.all(names.map((name) => parsers.child(name))),
    warden: await team.startChild('warden', wardenChild(await parsers.child('quarantine'))),
  }
  return {
    ...workers,
    members: agents,
    appoint: (ballots, unsureWithin) => {
      const committee = committeeChild({ ...agents, ballots, unsureWithin })
      return repeated(() => team.startChild('committee', committee), START_ATTEMPTS)
    },
    async hire(desk) {
      const spec = child(clerksSupervisor(CLERKS, { ...desk, ...workers, clerks: CLERKS.length }))
      const clerks = await repeated(() => team.startChild('clerks', spec), START_ATTEMPTS)
      const refs = await Promise.all(CLERKS.map(async (name) => [name, await clerks.child(name)] as const))
      return { refs: new Map(refs), dismiss: (name) => clerks.stopChild(name) }
    },
  }
}
