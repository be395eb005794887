/**
 * Makes routers: over routees of their own, or over actors that are there.
 *
 *   router(scope, Worker, ...)   scope -> supervisor -> routee-0, routee-1, ...   and a handle over them
 *   routerOver(refs, ...)        a handle alone
 */
import {
  type Actor,
  type ActorClass,
  type ActorRef,
  child,
  InvalidOptionError,
  type Scope,
  type SupervisorRef,
  supervisor,
} from '../../runtime/index.ts'
import { AllOfRouter, type BroadcastRouter } from './broadcast.ts'
import { type Broadcast, makeStrategy, type Routees, type RouterStrategy } from './options.ts'
import { OneOfRouter, type Router } from './router.ts'

/** Restarts that each routee may cost within the window, where nothing else is said. */
const RESTARTS_EACH = 3
const WITHIN_MS = 5_000
const MAX_SIZE = 10_000

/**
 * Spawns routees under a supervisor of their own and resolves with a router over them once all have
 * started. Rejects, with none left, as `spawn` does; with InvalidOptionError for an impossible option.
 *
 * @example const workers = await router(system, Worker, { size: 4, strategy: 'round-robin' })
 */
export function router<C extends ActorClass>(
  scope: Scope,
  type: C,
  options: Routees<C> & RouterStrategy,
): Promise<Router<InstanceType<C>>>
export function router<C extends ActorClass>(
  scope: Scope,
  type: C,
  options: Routees<C> & Broadcast,
): Promise<BroadcastRouter<InstanceType<C>>>
export async function router<C extends ActorClass>(
  scope: Scope,
  type: C,
  options: Routees<C> & (RouterStrategy | Broadcast),
): Promise<Router<InstanceType<C>> | BroadcastRouter<InstanceType<C>>> {
  const { size } = options
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE)
    throw new InvalidOptionError(`size has to be a whole number from 1 to ${MAX_SIZE}, not ${size}`)
  if (options.strategy !== 'broadcast') makeStrategy(options, ['checked before anything is spawned'])
  const names = Array.from({ length: size }, (_, n) => `routee-${n}`)
  const team = (await scope.spawn(teamOf(type, names, options), { name: options.name })) as SupervisorRef
  try {
    const refs = await Promise.all(names.map((name) => team.child(name)))
    return over(refs as ActorRef<InstanceType<C>>[], options, () => scope.stop(team))
  } catch (error) {
    await scope.stop(team)
    throw error
  }
}

/**
 * A router over actors that exist, wherever they live and whoever supervises them. Throws
 * InvalidOptionError for an empty list or an impossible strategy.
 */
export function routerOver<A extends Actor>(refs: readonly ActorRef<A>[], options: RouterStrategy): Router<A>
export function routerOver<A extends Actor>(
  refs: readonly ActorRef<A>[],
  options: Broadcast,
): BroadcastRouter<A>
export function routerOver<A extends Actor>(
  refs: readonly ActorRef<A>[],
  options: RouterStrategy | Broadcast,
): Router<A> | BroadcastRouter<A> {
  return over(refs, options, () => Promise.resolve())
}

function over<A extends Actor>(
  refs: readonly ActorRef<A>[],
  options: RouterStrategy | Broadcast,
  stop: () => Promise<void>,
): Router<A> | BroadcastRouter<A> {
  if (refs.length === 0) throw new InvalidOptionError('a router needs at least one routee')
  if (options.strategy === 'broadcast') return new AllOfRouter(refs, stop)
  const paths = refs.map(({ path }) => path)
  return new OneOfRouter(refs, makeStrategy(options, paths), stop)
}

function teamOf<C extends ActorClass>(type: C, names: readonly string[], options: Routees<C>) {
  const { args, intensity, backoffMs, restart = 'permanent', pool, mailbox, shutdownMs } = options
  const routee = child(type, args, { restart, pool, mailbox, shutdownMs })
  return supervisor({
    intensity: intensity ?? { restarts: RESTARTS_EACH * names.length, withinMs: WITHIN_MS },
    backoffMs,
    children: Object.fromEntries(names.map((name) => [name, routee])),
  })
}
