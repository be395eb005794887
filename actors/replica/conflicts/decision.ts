/** What somebody decides about a conflict. */
import { importValue } from '../document/data.ts'
import { DOCUMENT_LIMITS } from '../document/limits.ts'
import type { Candidate, Path } from './conflict.ts'
import { ConflictGoneError } from './errors.ts'
import type { Outcome } from './policy.ts'

/** One of the values, by the id of its operation, or another that takes the place of all. */
export type Choice = { readonly op: string } | { readonly value: unknown }

/** Throws ConflictGoneError where the chosen value is none, InvalidValueError for one that no document can have. */
export function outcomeOf(
  choice: Choice,
  values: readonly Candidate[],
  path: Path,
): Exclude<Outcome, { kind: 'leave' }> {
  if ('value' in choice)
    return {
      kind: 'write',
      value: importValue(choice.value, path, DOCUMENT_LIMITS, { operations: 0, bytes: 0 }),
    }
  const value = values.find(({ op }) => op === choice.op)
  if (!value) throw new ConflictGoneError(`${choice.op} is none of the values in this conflict`)
  return { kind: 'keep', value }
}
