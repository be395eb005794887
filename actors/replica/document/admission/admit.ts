/**
 * What a change of another replica has to pass before it is a part of a document. The engine trusts what it is
 * given: it accepts changes that it can never load again, and breaks down over others.
 *
 *   open      is it what was made, and small enough to be read?
 *   order     is what it was made upon here?
 *   sequence  does it continue what its actor made?
 */

import type { Handle } from '../automerge.ts'
import { EngineLostError, RefusedChangeError } from '../errors.ts'
import type { DocumentLimits } from '../limits.ts'
import type { Progress } from '../progress.ts'
import { open } from './open.ts'
import { type Ordered, order } from './order.ts'
import { isKnown, Sequence } from './sequence.ts'

/**
 * Applies changes to a copy of a document's state, and tells which; the copy can be taken over when there are
 * any. Throws RefusedChangeError, after which the copy is of no use.
 */
export function admit(
  copy: Handle,
  progress: Progress,
  limits: DocumentLimits,
  changes: readonly Uint8Array[],
  _trusted: boolean,
): Ordered {
  const ordered = order(copy, open(changes, limits), (header) => isKnown(progress, header))
  if (ordered.ready.length === 0) return ordered
  const sequence = new Sequence(copy, progress, limits)
  for (const header of ordered.ready) sequence.check(header)
  copy.updateDiffCursor()
  try {
    copy.applyChanges(ordered.ready.map(({ bytes }) => bytes))
  } catch (cause) {
    if (cause instanceof EngineLostError) throw cause
    throw new RefusedChangeError('engine', 'the document engine can not apply it', { cause })
  }
  return ordered
}
