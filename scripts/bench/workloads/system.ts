/** The system that a workload runs in: default options, but for what the workload is about. */
import {
  type Actor,
  type ActorClass,
  type ActorRef,
  ActorSystem,
  type SystemOptions,
} from '../../../runtime/index.ts'

/** What a round may take at most. It is no part of what is measured. */
const ROUND_MS = 240_000

export async function inSystem<T>(
  module: string,
  options: SystemOptions,
  use: (system: ActorSystem) => Promise<T>,
): Promise<T> {
  await using system = await ActorSystem.start({ name: 'bench', modules: [module], ...options })
  return await use(system)
}

/** A reference whose asks wait as long as a round may take. */
type Patient<A extends Actor> = ReturnType<ActorRef<A>['within']>['ask']

/**
 * Plays several rounds, each with a new actor of the class `Match`, which spawns the others and keeps the
 * time on its own thread. The last round counts.
 */
export async function lastRound<C extends ActorClass, T>(
  system: ActorSystem,
  Match: C,
  rounds: number,
  play: (match: Patient<InstanceType<C>>) => Promise<T>,
): Promise<T> {
  for (let left = rounds; ; left--) {
    const match = await system.spawn(Match)
    const result = await play(match.within(ROUND_MS).ask as Patient<InstanceType<C>>)
    await system.stop(match)
    if (left <= 1) return result
  }
}

export function secondsSince(started: number): number {
  return (performance.now() - started) / 1_000
}
