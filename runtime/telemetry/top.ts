/**
 * What an operator wants to see at a glance, computed from two readings of a system's counters.
 *
 * Pure: whoever takes the readings says when they were taken.
 */
import type { ActorInfo } from '../actor/types.ts'
import type { Counters, SystemMetrics } from './control.ts'
import { addCounters } from './meter.ts'

export const SORT_KEYS = ['queue', 'turns', 'restarts'] as const
/** The order of actors: by waiting messages, by turns per second, or by restarts. */
export type SortKey = (typeof SORT_KEYS)[number]

/** All counters and actors at one moment. */
export interface Snapshot {
  metrics: SystemMetrics
  actors: readonly ActorInfo[]
}

export interface TopReading extends Rates {
  /** Wall clock of the newer reading, milliseconds since the epoch. */
  at: number
  /** Milliseconds between the two readings. */
  overMs: number
  rssBytes: number
  threadsLost: number
  actors: number
  pools: PoolReading[]
  threads: ThreadReading[]
  /** The first actors in the order asked for. */
  busiest: ActorReading[]
}

/** What passed between the two readings, per second, and the totals since the start. */
export interface Rates {
  messagesPerSecond: number
  turnsPerSecond: number
  sentAcrossPerSecond: number
  queued: number
  restarts: number
  stalls: number
  deadLetters: number
  /** Mean time from mailbox to turn between the two readings, in microseconds; null where none was sampled. */
  queueWaitUs: number | null
}

export interface PoolReading extends Rates {
  pool: string
  threads: number
  actors: number
}

export interface ThreadReading extends Rates {
  thread: number
  pool: string
  answers: boolean
  actors: number
  heapBytes: number
  externalBytes: number
  utilization: number
}

export interface ActorReading extends ActorInfo {
  turnsPerSecond: number
}

/** Compares `next` with the earlier `previous` and keeps the first `limit` actors by `sort`. */
export function readTop(previous: Snapshot, next: Snapshot, sort: SortKey, limit: number): TopReading {
  const { metrics } = next
  const overMs = Math.max(1, metrics.at - previous.metrics.at)
  const pools = new Map(previous.metrics.pools.map((pool) => [pool.pool, pool]))
  const threads = new Map(previous.metrics.threads.map((thread) => [thread.thread, thread]))
  return {
    at: metrics.at,
    overMs,
    rssBytes: metrics.rssBytes,
    threadsLost: metrics.threadsLost,
    actors: next.actors.length,
    ...rates(addCounters(previous.metrics.pools), addCounters(metrics.pools), overMs),
    pools: metrics.pools.map((pool) => ({
      pool: pool.pool,
      threads: pool.threads,
      actors: pool.actors,
      ...rates(pools.get(pool.pool), pool, overMs),
    })),
    threads: metrics.threads.map((thread) => ({
      thread: thread.thread,
      pool: thread.pool,
      answers: thread.answers,
      actors: thread.actors,
      heapBytes: thread.heapBytes,
      externalBytes: thread.externalBytes,
      utilization: thread.utilization,
      ...rates(threads.get(thread.thread), thread, overMs),
    })),
    busiest: busiest(previous.actors, next.actors, overMs, sort, limit),
  }
}

function rates(before: Counters | undefined, after: Counters, overMs: number): Rates {
  const perSecond = (key: 'messages' | 'turns' | 'sentAcross') =>
    rate(after[key], before?.[key] ?? after[key], overMs)
  const samples = after.queueWait.samples - (before?.queueWait.samples ?? 0)
  const sumUs = after.queueWait.sumUs - (before?.queueWait.sumUs ?? 0)
  return {
    messagesPerSecond: perSecond('messages'),
    turnsPerSecond: perSecond('turns'),
    sentAcrossPerSecond: perSecond('sentAcross'),
    queued: after.queued,
    restarts: after.restarts,
    stalls: after.stalls,
    deadLetters: after.deadLetters,
    queueWaitUs: samples > 0 ? Math.max(0, sumUs / samples) : null,
  }
}

/** A counter that went back belongs to a thread that was replaced, and has counted from zero. */
function rate(after: number, before: number, overMs: number): number {
  return ((after < before ? after : after - before) * 1_000) / overMs
}

function busiest(
  before: readonly ActorInfo[],
  after: readonly ActorInfo[],
  overMs: number,
  sort: SortKey,
  limit: number,
): ActorReading[] {
  const turns = new Map(before.map((actor) => [actor.path, actor.turns]))
  const readings = after.map((actor) => ({
    ...actor,
    turnsPerSecond: rate(actor.turns, turns.get(actor.path) ?? 0, overMs),
  }))
  return sortActors(readings, sort).slice(0, limit)
}

export function sortActors(actors: readonly ActorReading[], sort: SortKey): ActorReading[] {
  return actors.toSorted(ORDERS[sort])
}

type Order = (a: ActorReading, b: ActorReading) => number

const byQueue: Order = (a, b) => b.mailbox - a.mailbox
const byTurns: Order = (a, b) => b.turnsPerSecond - a.turnsPerSecond
const byRestarts: Order = (a, b) => b.restarts - a.restarts
const byPath: Order = (a, b) => (a.path < b.path ? -1 : 1)

/** Equal actors keep their place from one reading to the next: the path decides. */
const ORDERS: Readonly<Record<SortKey, Order>> = {
  queue: (a, b) => byQueue(a, b) || byTurns(a, b) || byPath(a, b),
  turns: (a, b) => byTurns(a, b) || byQueue(a, b) || byPath(a, b),
  restarts: (a, b) => byRestarts(a, b) || byTurns(a, b) || byPath(a, b),
}
