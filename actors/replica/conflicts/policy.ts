/** What a policy is: a rule by which every replica comes to the same end of the same conflict. */
import type { Candidate, Path } from './conflict.ts'

export type Outcome =
  /** Nothing is written: the conflict stays, and with it all values. */
  | { readonly kind: 'leave' }
  /** One of the values stays. */
  | { readonly kind: 'keep'; readonly value: Candidate }
  /** A new value takes the place of all. */
  | { readonly kind: 'write'; readonly value: unknown }
  /** The value that is shown stays and gets what only the others have; all are maps, or all are arrays. */
  | { readonly kind: 'merge' }

export interface Policy {
  readonly name: string
  /** Given at least two values by the ids of their operations, the one that is shown last. */
  settle(values: readonly Candidate[], path: Path): Outcome
}

/** The value that the place shows anyway, that of the last writer. */
export function shownOf(values: readonly Candidate[]): Candidate {
  return values.at(-1) as Candidate
}

/**
 * For policies that leave a conflict to people: of decisions that were made at once, without knowing of each
 * other, the one that is shown stays, so that nobody is asked again.
 */
export function settleDecisions(values: readonly Candidate[]): Outcome {
  const decided = values.every(({ change }) => change.kind === 'decision' || change.kind === 'resolution')
  return decided ? { kind: 'keep', value: shownOf(values) } : { kind: 'leave' }
}
