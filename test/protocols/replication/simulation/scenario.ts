/** What a seed decides: who there is, who is linked to whom, how bad the links are, and what goes wrong when. */
import { type Random, seededRandom } from '../../../../actors/agent/models/random.ts'
import type { ReplicationLimits } from '../../../../protocols/replication/limits.ts'
import type { Orphans } from './document.ts'

/** Everything goes wrong before, and nothing after. */
export const FAULTS_END_MS = 20_000

export interface Scenario {
  readonly random: Random
  readonly topology: 'star' | 'mesh' | 'line' | 'random'
  readonly links: readonly Link[]
  readonly orphans: Orphans
  readonly weather: Weather
  readonly limits: Partial<ReplicationLimits>
  /** Without them whatever is lost has to be noticed by itself, but for a notice that a change is kept. */
  readonly digests: boolean
  /** Messages that wait for a replica before more are refused. */
  readonly mailboxSize: number
  /** When each replica is there first; the first one is the keeper. */
  readonly joinsMs: readonly number[]
  readonly edits: readonly Edit[]
  readonly faults: readonly Fault[]
}

export type Link = readonly [one: number, other: number]

export interface Weather {
  readonly delayMs: number
  /** Up to so much is added to the delay; where it isn't 0, messages overtake each other. */
  readonly jitterMs: number
  readonly loss: number
  readonly duplication: number
}

export interface Edit {
  readonly atMs: number
  readonly replica: number
  readonly changes: number
}

export type Fault =
  /** A link is cut. Its ends learn of it, or messages are just lost. */
  | {
      readonly kind: 'cut'
      readonly link: Link
      readonly atMs: number
      readonly forMs: number
      readonly silent: boolean
    }
  /** A replica loses all that it has not stored. Its peers learn of it, or only meet it again. */
  | {
      readonly kind: 'crash'
      readonly replica: number
      readonly atMs: number
      readonly forMs: number
      readonly silent: boolean
    }
  /** A replica does not read its messages for a while. */
  | { readonly kind: 'stall'; readonly replica: number; readonly atMs: number; readonly forMs: number }

const COUNTS = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6, 7]
const TOPOLOGIES = ['star', 'mesh', 'line', 'random'] as const

/** Short, so that little virtual time has to pass. */
const LIMITS = { lossTimeoutMaxMs: 8_000, roundPauseMaxMs: 4_000, digestMs: 1_000, digestMaxMs: 20_000 }

const NO_DIGESTS = { digestMs: 1e9, digestMaxMs: 1e9 }

export function drawScenario(seed: number): Scenario {
  const random = seededRandom(seed)
  const count = pick(random, COUNTS)
  const digests = random() < 0.7
  const topology = pick(random, TOPOLOGIES)
  const links = drawLinks(random, topology, count)
  return {
    random,
    topology,
    links,
    orphans: pick(random, ['kept', 'dropped'] as const),
    weather: drawWeather(random),
    digests,
    limits: { ...LIMITS, ...drawLimits(random), ...(digests ? {} : NO_DIGESTS) },
    mailboxSize: pick(random, [3, 20, 1_000]),
    joinsMs: Array.from({ length: count }, () => (random() < 0.8 ? 0 : random() * FAULTS_END_MS)),
    edits: Array.from({ length: 3 + below(random, 8) }, () => ({
      atMs: random() * FAULTS_END_MS,
      replica: below(random, count),
      changes: random() < 0.7 ? 1 : 1 + below(random, 4),
    })),
    faults: Array.from({ length: below(random, 4) }, () => drawFault(random, count, links)),
  }
}

function drawLinks(random: Random, topology: Scenario['topology'], count: number): Link[] {
  const links: Link[] = []
  for (let one = 0; one < count; one++)
    for (let other = one + 1; other < count; other++) {
      const chosen =
        topology === 'mesh' ||
        (topology === 'star' && one === 0) ||
        (topology === 'line' && other === one + 1) ||
        (topology === 'random' && (other === one + 1 || random() < 0.3))
      if (chosen) links.push([one, other])
    }
  return links
}

function drawWeather(random: Random): Weather {
  const bad = random() < 0.6
  return {
    delayMs: pick(random, [0.1, 2, 40]),
    jitterMs: bad ? pick(random, [0, 5, 200]) : 0,
    loss: bad ? pick(random, [0, 0.05, 0.3]) : 0,
    duplication: bad ? pick(random, [0, 0.1, 0.5]) : 0,
  }
}

function drawLimits(random: Random): Partial<ReplicationLimits> {
  const tight = { creditMessages: 2, creditBytes: 600, batchChanges: 2, batchBytes: 300 }
  return random() < 0.4 ? tight : {}
}

function drawFault(random: Random, count: number, links: readonly Link[]): Fault {
  const atMs = random() * FAULTS_END_MS
  const forMs = random() * (FAULTS_END_MS - atMs)
  const silent = random() < 0.5
  const kind = pick(random, ['cut', 'crash', 'stall'] as const)
  if (kind === 'cut') return { kind, link: pick(random, links), atMs, forMs, silent }
  const replica = below(random, count)
  return kind === 'crash' ? { kind, replica, atMs, forMs, silent } : { kind, replica, atMs, forMs }
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] as T
}

function below(random: Random, bound: number): number {
  return Math.floor(random() * bound)
}
