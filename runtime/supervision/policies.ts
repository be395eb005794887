/**
 * How the different kinds of parents see to their children.
 */
import { NO_BACKOFF } from '../../protocols/restart/backoff.ts'
import { DEFAULT_INTENSITY } from '../../protocols/restart/intensity.ts'
import type { SupervisionPolicy } from '../../protocols/restart/spec.ts'
import type { FamilyPolicy } from './family.ts'

/** An ordinary actor: its children live and end with its instance, each with a budget of its own. */
export const PARENT_POLICY: FamilyPolicy = {
  strategy: 'one-for-one',
  intensity: DEFAULT_INTENSITY,
  backoffMs: NO_BACKOFF,
  counted: 'each',
  beyond: 'escalate',
  keeps: false,
}

/** The root of a tree: it gives up a child that fails too often, and its other children don't notice. */
export const GUARDIAN_POLICY: FamilyPolicy = { ...PARENT_POLICY, beyond: 'drop', keeps: true }

/** A supervisor: one budget for all, and children that outlive its own restart. */
export function supervisorPolicy(policy: SupervisionPolicy): FamilyPolicy {
  const { strategy, intensity, backoffMs } = policy
  return { strategy, intensity, backoffMs, counted: 'together', beyond: 'escalate', keeps: true }
}
