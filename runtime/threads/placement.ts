/**
 * On which thread a new actor lives: the one it asks for, or the one with the fewest actors of its pool. An actor stays where
 * it was placed; its thread's successor takes it over.
 */
import { InvalidOptionError } from '../../protocols/errors.ts'
import type { ActorType } from '../actor/actor-type.ts'
import type { Pulses } from './pulses.ts'

export const DEFAULT_POOL = 'default'
/** The thread that started the system. */
const CONTROL_THREAD = 0

/** Threads of each pool. */
export type PoolMap = Readonly<Record<string, readonly number[]>>

/** A thread keeps what its own actors spawn unless it has this many actors and more than the emptiest. */
const HEADSTART = 64
const MUCH_FULLER = 1.25

export class Placement {
  readonly #pools: PoolMap
  readonly #pulses: Pulses
  readonly #here: number
  /** An actor's children live in its own pool unless they say otherwise. */
  readonly #poolHere: string
  /**
   * Classes whose actors live on the control thread, where neither a blocked handler nor a full heap of
   * the user's reaches them: supervisors, which run no code of the user's.
   */
  readonly controlTypes: Set<ActorType>

  constructor(pools: PoolMap, pulses: Pulses, here: number, supervisor: ActorType) {
    this.#pools = pools
    this.#pulses = pulses
    this.#here = here
    const own = Object.entries(pools).find(([, threads]) => threads.includes(here))
    this.#poolHere = own === undefined ? DEFAULT_POOL : own[0]
    this.controlTypes = new Set([supervisor])
  }

  /** Throws InvalidOptionError for a pool or a thread that isn't there. */
  choose(pool: string | undefined, type: ActorType, thread?: number): number {
    if (this.controlTypes.has(type)) return CONTROL_THREAD
    if (thread !== undefined) return this.#checked(thread, pool)
    const threads = this.#pools[pool ?? this.#poolHere]
    if (threads === undefined)
      throw new InvalidOptionError(
        `there is no pool "${pool}"; the pools are ${Object.keys(this.#pools).join(', ')}`,
      )
    if (threads.length === 1) return threads[0] as number
    return this.#emptiest(threads)
  }

  #checked(thread: number, pool: string | undefined): number {
    if (pool !== undefined) throw new InvalidOptionError('give a pool or a thread, and not both')
    const threads = [CONTROL_THREAD, ...Object.values(this.#pools).flat()]
    if (!threads.includes(thread))
      throw new InvalidOptionError(
        `there is no thread ${thread}; the threads are ${[...new Set(threads)].join(', ')}`,
      )
    return thread
  }

  #emptiest(threads: readonly number[]): number {
    let best = threads[0] as number
    let fewest = Number.POSITIVE_INFINITY
    for (const thread of threads) {
      const { actors } = this.#pulses.row(thread)
      if (actors < fewest) {
        fewest = actors
        best = thread
      }
    }
    if (!threads.includes(this.#here)) return best
    const { actors: own } = this.#pulses.row(this.#here)
    return own <= Math.max(fewest + HEADSTART, fewest * MUCH_FULLER) ? this.#here : best
  }
}
