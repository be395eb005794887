/** Starts an actor system, and the team in it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replicas } from '../../../actors/replica/index.ts'
import { createGenesis, type Genesis, validators } from '../../../actors/validator/index.ts'
import { DEFAULT_GENESIS } from '../../../protocols/consensus/genesis.ts'
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
  pools,
  TEAM_MODULE,
  type TeamOptions,
  teamSupervisor,
  VALIDATORS,
  wardenChild,
} from './tree.ts'
import type { Warden } from './warden.ts'

/** Of all but those who parse. A model is to blame for nothing but that the machine has too much to do. */
const PATIENCE_MS = 30_000
/**
 * Whoever waits for a decision has others under way, so few blocks with many decisions are better than many blocks;
 * and a validator whose thread has too much company is late, and not to blame.
 */
const CHAIN = { parameters: { ...DEFAULT_GENESIS.parameters, batch_wait: 200, view_timeout: 3_000 } }
/** Many threads load their code at a time. */
const START_MS = 120_000
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
  hire(desk: Pick<Desk, 'committee' | 'letters' | 'spotCheckEvery'>): Promise<Clerks>
}

export interface Premises {
  /** For parsers. */
  readonly threads: number
  /** For what belongs to the system. */
  readonly folder: string
  /** How many of the validators lie. */
  readonly liars: number
  readonly chaos: boolean
}

/** The job tells itself what happens to its actors, so the system's log would say it twice. */
export function startSystem({ threads, folder, liars, chaos }: Premises): Promise<ActorSystem> {
  return ActorSystem.start({
    name: 'triage',
    modules: [TEAM_MODULE],
    pools: pools(threads, chaos),
    dataDir: join(folder, 'system'),
    services: [
      replicas({ storage: 'embedded', pool: 'documents' }),
      validators({ count: VALIDATORS, genesis: CHAIN, pool: 'validators', liars }),
    ],
    limits: { stallMs: PATIENCE_MS, threadStartMs: START_MS, drainMs: DRAIN_MS },
    logLevel: 'silent',
    signals: false,
  })
}

/** With what the chain began: all that one has to know to judge its certificates. */
export async function readGenesis(folder: string): Promise<Genesis> {
  const text = await readFile(join(folder, 'system', 'validators', 'genesis.json'), 'utf8')
  return createGenesis(JSON.parse(text))
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
