/**
 * What a supervisor is told: plain data, completed with defaults from this one place and checked
 * field by field.
 */

import { InvalidOptionError } from '../errors.ts'
import type { ExitKind } from '../exit.ts'
import { checkInteger, checkNumber } from '../limits.ts'
import { type Backoff, NO_BACKOFF } from './backoff.ts'
import { DEFAULT_INTENSITY, type Intensity } from './intensity.ts'
import { oneForAll } from './one-for-all.ts'
import { oneForOne } from './one-for-one.ts'
import { restForOne } from './rest-for-one.ts'
import type { Strategy } from './strategy.ts'

export type StrategyName = 'one-for-one' | 'one-for-all' | 'rest-for-one'
export type Restart = 'permanent' | 'transient' | 'temporary'

export interface SupervisionPolicy {
  strategy: StrategyName
  intensity: Intensity
  backoffMs: Backoff
}

export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  'one-for-one': oneForOne,
  'one-for-all': oneForAll,
  'rest-for-one': restForOne,
}

const RESTARTS: readonly Restart[] = ['permanent', 'transient', 'temporary']

/** Throws InvalidOptionError that names the field. */
export function completePolicy(given: Partial<SupervisionPolicy>): SupervisionPolicy {
  const strategy = given.strategy ?? 'one-for-one'
  if (!Object.hasOwn(STRATEGIES, strategy))
    throw new InvalidOptionError(
      `strategy has to be one of ${Object.keys(STRATEGIES).join(', ')}, not ${JSON.stringify(strategy)}`,
    )
  const intensity = given.intensity ?? DEFAULT_INTENSITY
  checkInteger('intensity.restarts', intensity.restarts, 0, 1_000_000_000)
  checkNumber('intensity.withinMs', intensity.withinMs, 1)
  const backoff = given.backoffMs ?? NO_BACKOFF
  checkBackoff(backoff)
  return { strategy, intensity, backoffMs: backoff }
}

function checkBackoff(backoff: unknown): asserts backoff is Backoff {
  if (!Array.isArray(backoff) || backoff.length !== 2)
    throw new InvalidOptionError('backoffMs has to be [min, max] in milliseconds, for instance [100, 10_000]')
  checkNumber('backoffMs[0]', backoff[0], 0)
  checkNumber('backoffMs[1]', backoff[1], backoff[0])
}

/** Throws InvalidOptionError unless `restart` is one of the three kinds or absent. */
export function checkRestart(restart: unknown): asserts restart is Restart | undefined {
  if (restart !== undefined && !RESTARTS.includes(restart as Restart))
    throw new InvalidOptionError(
      `restart has to be one of ${RESTARTS.join(', ')}, not ${JSON.stringify(restart)}`,
    )
}

/** Whether a child that ended like this comes back. A stop that was asked for from outside never does. */
export function comesBack(restart: Restart, exit: ExitKind): boolean {
  if (restart === 'temporary') return false
  return restart === 'permanent' || exit !== 'stopped'
}
