/**
 * The team as data: who supervises whom, on which threads, and how much may fail.
 *
 *     team ─┬─ reader                               pool agents
 *           ├─ parsers ─┬─ parser-1 … parser-n      pool default
 *           │           └─ quarantine               pool quarantine
 *           ├─ models ──┬─ encoder                  pool encoder
 *           │           └─ words, headers, meaning  pool classifiers
 *           ├─ members ─── words, headers, meaning  pool agents
 *           ├─ warden, committee                    pool agents
 *           └─ clerks ──── clerk-1, clerk-2           pool desk
 *
 * What may block its thread shares it with nobody who mustn't: parsers are on the default pool, a letter
 * under suspicion is parsed on a thread of its own, and models compute apart from all actors. The keeper of
 * the shared documents has the thread of the pool documents, and the validators have the pool validators.
 */
import { join } from 'node:path'
import { Inference } from '../../../actors/agent/inference.ts'
import type { InferenceOptions } from '../../../actors/agent/inference-options.ts'
import { type ActorRef, type ChildSpec, child, supervisor } from '../../../runtime/index.ts'
import { ChaosParser } from '../chaos/actors.ts'
import type { Member } from '../members.ts'
import { Clerk, type Desk } from './clerk.ts'
import { CommitteeAgent, type CommitteeArgs } from './committee.ts'
import { HeadersAgent, MeaningAgent, WordsAgent } from './members.ts'
import { Parser } from './parser.ts'
import { Reader } from './reader.ts'
import { Warden } from './warden.ts'

/** A letter that blocks its parser for longer is to blame; a busy machine needs some room. */
const STALL_MS = 3_000

/** Of these one may fail, or lie. */
export const VALIDATORS = 4

/** @param parsers threads for parsers, which are on the default pool */
export function pools(parsers: number, chaos: boolean) {
  return {
    default: { threads: parsers, stallMs: STALL_MS },
    agents: { threads: 1 },
    classifiers: { threads: 1 },
    desk: { threads: 2 },
    documents: { threads: 1 },
    encoder: { threads: 1 },
    quarantine: { threads: 1, stallMs: STALL_MS },
    // One thread is the least work; where threads are lost, only one validator is to be lost with each.
    validators: { threads: chaos ? VALIDATORS : 1 },
  }
}

/** The module that every thread imports. */
export const TEAM_MODULE = import.meta.resolve('./index.ts')
const MODELS_MODULE = import.meta.resolve('./models.ts')

/** Each letter may cost its parsers two restarts, and how many letters are bad is up to strangers. */
const PARSERS_INTENSITY = { restarts: 1_000, withinMs: 10_000 }
/** A model or an agent that fails more often than this is broken, and no restart will mend it. */
const TEAM_INTENSITY = { restarts: 10, withinMs: 60_000 }
/** A parser that hangs has nothing to finish. */
const PARSER_SHUTDOWN_MS = 200
/** A batch may end; learning is given up. */
const MODEL_SHUTDOWN_MS = 1_000
/** The encoder blocks its thread for as long as its batch takes, and gains nothing by larger ones. */
const ENCODER_BATCH = 1

export interface TeamOptions {
  readonly parsers: number
  readonly seed: number
  /** Folder for what the models learn, so that they know it still after a restart. */
  readonly weights: string
  readonly chaos: boolean
}

/** Those who are there from the beginning. */
export function teamSupervisor(options: TeamOptions) {
  return supervisor({
    intensity: TEAM_INTENSITY,
    children: {
      reader: child(Reader, [], { pool: 'agents' }),
      parsers: child(parsersSupervisor(options)),
      models: child(modelsSupervisor(options)),
    },
  })
}

function parsersSupervisor({ parsers, chaos }: TeamOptions) {
  const type = chaos ? ChaosParser : Parser
  const names = Array.from({ length: parsers }, (_, i) => `parser-${i + 1}`)
  const children: Record<string, ChildSpec<typeof Parser>> = Object.fromEntries(
    names.map((name) => [name, child(type, [], { shutdownMs: PARSER_SHUTDOWN_MS })]),
  )
  children.quarantine = child(type, [], { pool: 'quarantine', shutdownMs: PARSER_SHUTDOWN_MS })
  return supervisor({ intensity: PARSERS_INTENSITY, children })
}

function modelsSupervisor({ seed, weights }: TeamOptions) {
  const classifier = (model: string, name: string) => {
    const options = { module: MODELS_MODULE, model, options: { seed }, weightsFile: join(weights, name) }
    return child<typeof Inference>(Inference, [options], {
      pool: 'classifiers',
      shutdownMs: MODEL_SHUTDOWN_MS,
    })
  }
  const encoder: InferenceOptions = {
    module: MODELS_MODULE,
    model: 'SentenceEncoder',
    options: { batch: ENCODER_BATCH },
    maxBatch: 8,
  }
  return supervisor({
    intensity: TEAM_INTENSITY,
    children: {
      encoder: child<typeof Inference>(Inference, [encoder], {
        pool: 'encoder',
        shutdownMs: MODEL_SHUTDOWN_MS,
      }),
      words: classifier('WordsModel', 'words'),
      headers: classifier('HeadersModel', 'headers'),
      meaning: classifier('MeaningModel', 'meaning'),
    },
  })
}

/** The models that the members ask. */
export type ModelRefs = Readonly<Record<'encoder' | Member, ActorRef<Inference>>>

export function membersSupervisor(models: ModelRefs) {
  const where = { pool: 'agents' }
  return supervisor({
    intensity: TEAM_INTENSITY,
    children: {
      words: child(WordsAgent, [models.words], where),
      headers: child(HeadersAgent, [models.headers], where),
      meaning: child(MeaningAgent, [models.meaning, models.encoder], where),
    },
  })
}

/** Who decides. What it learns from is in its arguments, so it learns it again wherever it starts anew. */
export function committeeChild(args: CommitteeArgs): ChildSpec<typeof CommitteeAgent> {
  return child(CommitteeAgent, [args], { pool: 'agents' })
}

export function wardenChild(quarantine: ActorRef<Parser>): ChildSpec<typeof Warden> {
  return child(Warden, [quarantine], { pool: 'agents' })
}

export function clerksSupervisor(names: readonly string[], desk: Desk) {
  const children: Record<string, ChildSpec<typeof Clerk>> = Object.fromEntries(
    names.map((name) => [name, child(Clerk, [name, desk], { pool: 'desk' })]),
  )
  return supervisor({ intensity: TEAM_INTENSITY, children })
}
