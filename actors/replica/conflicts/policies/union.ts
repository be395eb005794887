import { distinct } from '../canonical.ts'
import { type Policy, shownOf } from '../policy.ts'

/**
 * What anyone wrote stays.
 *  - Of arrays, the one that is shown gets the elements that only the others have, at its end.
 *  - Of maps, the one that is shown gets the keys that only the others have, in maps within maps as well; at
 *    a key that both have, what is shown stays, or is united if both are arrays.
 *  - Single values, alone or with arrays, become an array of all that differ. The same value written by
 *    several stays what it is.
 *  - Else, and for texts and counters, what is shown stays.
 *
 * What was done later within an array or map that is not shown is not united: its own replica saw it only
 * until the conflict came.
 */
export const union: Policy = {
  name: 'union',
  settle(values) {
    const shown = shownOf(values)
    const kinds = new Set(values.map(({ kind }) => kind))
    if (kinds.size === 1 && (kinds.has('list') || kinds.has('map'))) return { kind: 'merge' }
    const elements = distinct(values.flatMap(({ value }) => value))
    if (
      values.every(({ kind }) => kind === 'scalar' || kind === 'list') &&
      (kinds.size > 1 || elements.length > 1)
    )
      return { kind: 'write', value: elements }
    return { kind: 'keep', value: shown }
  },
}
