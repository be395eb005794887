/** Starts an actor system, and the team in it. */
import { type ActorRef, ActorSystem, child } from '../../../runtime/index.ts'
import { repeated } from '../desk/repeated.ts'
import type { Ballot } from '../vote.ts'
import type { CommitteeAgent } from './committee.ts'
import type { HeadersAgent, MeaningAgent, WordsAgent } from './members.ts'
import type { Parser } from './parser.ts'
import type { Reader } from './reader.ts'
import {
  committeeChild,
  membersSupervisor,
  POOLS,
  TEAM_MODULE,
  type TeamOptions,
  teamSupervisor,
} from './tree.ts'

/** A letter that blocks its parser for longer is to blame; a busy machine needs some room. */
const STALL_MS = 3_000
/** When the job ends, nobody waits any more for what a model is still at. */
const DRAIN_MS = 500
/** On each thread one parses while the other's letter is on its way. */
export const PARSERS_PER_THREAD = 2

/** Supervisors bring back what has started once; a first start that fails is for whoever asked for it. */
const START_ATTEMPTS = 3

export interface Team {
  readonly reader: ActorRef<Reader>
  readonly parsers: readonly ActorRef<Parser>[]
  readonly quarantine: ActorRef<Parser>
  readonly members: {
    readonly words: ActorRef<WordsAgent>
    readonly headers: ActorRef<HeadersAgent>
    readonly meaning: ActorRef<MeaningAgent>
  }
  /** Adds the committee, as soon as there is something for it to learn from. */
  appoint(ballots: readonly Ballot[], unsureWithin: number): Promise<ActorRef<CommitteeAgent>>
}

/** The job tells itself what happens to its actors, so the system's log would say it twice. */
export function startSystem(threads: number): Promise<ActorSystem> {
  return ActorSystem.start({
    name: 'triage',
    modules: [TEAM_MODULE],
    threads,
    pools: POOLS,
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
  return {
    reader: await team.child('reader'),
    parsers: await Promise.all(names.map((name) => parsers.child(name))),
    quarantine: await parsers.child('quarantine'),
    members: agents,
    appoint: (ballots, unsureWithin) => {
      const committee = committeeChild({ ...agents, ballots, unsureWithin })
      return repeated(() => team.startChild('committee', committee), START_ATTEMPTS)
    },
  }
}
