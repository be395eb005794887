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
  /** Threads of the own pool, where an actor's children live unless they say otherwise. */
  readonly #own: readonly number[] | undefined

  constructor(pools: PoolMap, pulses: Pulses, here: number) {
    this.#pools = pools
    this.#pulses = pulses
    this.#here = here
    this.#own = Object.values(pools).find((threads) => threads.includes(here)) ?? pools[DEFAULT_POOL]
  }

  /** Throws InvalidOptionError for a pool or a thread that isn't there. */
  choose(pool: string | undefined, type: ActorType, thread?: number): number {
    if (type.onControlThread) return CONTROL_THREAD
    if (thread !== undefined) return this.#checked(thread, pool)
    const threads = pool === undefined ? this.#own : this.#pools[pool]
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
      const actors = this.#pulses.actors(thread)
      if (actors < fewest) {
        fewest = actors
        best = thread
      }
    }
    if (!threads.includes(this.#here)) return best
    const own = this.#pulses.actors(this.#here)
    return own <= Math.max(fewest + HEADSTART, fewest * MUCH_FULLER) ? this.#here : best
  }
}
