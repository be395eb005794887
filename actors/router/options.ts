import type { ActorClass, ChildOptions } from '../../runtime/index.ts'
import { InvalidOptionError } from '../../runtime/index.ts'
import { consistentHash, type KeyOf } from './consistent-hash.ts'
import { leastQueue } from './least-queue.ts'
import { roundRobin } from './round-robin.ts'
import type { Strategy } from './strategy.ts'

/** How one routee is chosen for each call. */
export type RouterStrategy =
  /** One after the other. */
  | { readonly strategy: 'round-robin' }
  /** The one with the fewest asks and offers of this router under way. */
  | { readonly strategy: 'least-queue' }
  /** The one to which the call's key belongs. */
  | { readonly strategy: 'consistent-hash'; readonly key: KeyOf }

/** Every call goes to all routees. */
export interface Broadcast {
  readonly strategy: 'broadcast'
}

/** What the routees of a new router are. */
export interface Routees<C extends ActorClass> extends ChildOptions {
  /** How many there are. */
  readonly size: number
  /** Arguments of the constructor, the same for all. */
  readonly args?: ConstructorParameters<C>
  /** The name of the supervisor that the routees get; default one that nobody else has. */
  readonly name?: string
  /** Restarts of all routees together beyond which the failure is the supervisor's; default 3 in 5 s for each routee. */
  readonly intensity?: { readonly restarts: number; readonly withinMs: number }
  /** Least and greatest pause before a restart, in milliseconds; default none. */
  readonly backoffMs?: readonly [minMs: number, maxMs: number]
}

const NAMES = 'round-robin, least-queue, consistent-hash, broadcast'

/** Throws InvalidOptionError where the strategy is none or lacks its key. */
export function makeStrategy(options: RouterStrategy, paths: readonly string[]): Strategy {
  switch (options.strategy) {
    case 'round-robin':
      return roundRobin(paths.length)
    case 'least-queue':
      return leastQueue(paths.length)
    case 'consistent-hash':
      if (typeof options.key !== 'function')
        throw new InvalidOptionError(
          'consistent-hash needs a "key": a function that tells to whom a call belongs, as ({ args }) => args[0]',
        )
      return consistentHash(paths, options.key)
    default:
      throw new InvalidOptionError(
        `strategy has to be one of ${NAMES}, not ${JSON.stringify((options as RouterStrategy)?.strategy)}`,
      )
  }
}
