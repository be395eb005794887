/** The limits of causal delivery, with their reasons. */
import { InvalidOptionError } from '../errors.ts'
import { checkInteger } from '../limits.ts'

export interface CausalLimits {
  /** Received operations that wait for others: each counts one, and each dependency that it names one more. */
  waiting: number
  /** Dependencies of one operation. A node that follows many others at once names one of each. */
  dependencies: number
  /** Operations of this node that wait to be applied, are on their way to peers, or did not reach them. */
  local: number
}

const DEFAULT_LIMITS: Readonly<CausalLimits> = { waiting: 65_536, dependencies: 4_096, local: 1_000 }

/** Fills in the defaults. Throws InvalidOptionError that names the limit. */
export function completeCausalLimits(given: Partial<CausalLimits> = {}): CausalLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name))
      throw new InvalidOptionError(
        `there is no limit "${name}"; the limits are ${Object.keys(DEFAULT_LIMITS).join(', ')}`,
      )
    checkInteger(`limits.${name}`, value, 1)
  }
  const limits = { ...DEFAULT_LIMITS, ...given }
  // Otherwise an operation with all its dependencies would find no room in an empty buffer.
  checkInteger('limits.waiting', limits.waiting, limits.dependencies + 1)
  return limits
}
