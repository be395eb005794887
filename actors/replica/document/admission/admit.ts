/**
 * What a change of another replica has to pass before it is a part of a document. The engine trusts what it is
 * given: it accepts changes that it can never load again, and breaks down over others.
 *
 *   open        is it what was made, and small enough to be read?
 *   order       is what it was made upon here?
 *   sequence    does it continue what its actor made?
 *   operations  does each of them do something that can be done here?
 *   apply       does the engine take it, on a copy, and can it give it back as it was?
 *
 * Changes of replicas of this process have been looked at by one of them; their operations are not again.
 */
import { engine, type Handle } from '../automerge.ts'
import type { Operations } from '../batch.ts'
import type { ChangeHeader } from '../change-header.ts'
import { readChunks } from '../chunk.ts'
import { EngineLostError, RefusedChangeError } from '../errors.ts'
import type { DocumentLimits } from '../limits.ts'
import type { Progress } from '../progress.ts'
import { open } from './open.ts'
import { Inspection } from './operations.ts'
import { type Ordered, order } from './order.ts'
import { isKnown, Sequence } from './sequence.ts'

/** Looks at what changes say of themselves, and tells which of them come next. Throws RefusedChangeError. */
export function examine(progress: Progress, limits: DocumentLimits, changes: readonly Uint8Array[]): Ordered {
  const ordered = order(progress, open(changes, limits), (header) => isKnown(progress, header))
  const sequence = new Sequence(progress, limits)
  for (const header of ordered.ready) sequence.check(header)
  return ordered
}

/** Looks at the operations of changes that come next, and gives them by their ids. Throws RefusedChangeError. */
export function inspect(
  handle: Handle,
  progress: Progress,
  limits: DocumentLimits,
  ready: readonly ChangeHeader[],
): Operations {
  const inspection = new Inspection(handle, progress, limits)
  for (const header of ready) inspection.check(header)
  return inspection.operations
}

/**
 * Applies changes that come next to a copy of a document's state, which can then be taken over; with `prove` only
 * if it keeps them as they are. Throws RefusedChangeError, after which the copy is of no use.
 */
export function apply(copy: Handle, ready: readonly ChangeHeader[], prove: boolean): void {
  try {
    engine(() => {
      const before = copy.getHeads()
      copy.updateDiffCursor()
      copy.applyChanges(ready.map(({ bytes }) => bytes))
      if (prove) checkKept(copy.getChanges(before), ready)
    })
  } catch (cause) {
    if (cause instanceof EngineLostError) throw cause
    throw new RefusedChangeError('engine', 'the change is refused: the engine can not apply it', { cause })
  }
}

/**
 * The engine keeps operations and not bytes, and makes the bytes anew when it saves, loads or passes on a change;
 * if they are others, their hash is another, and nothing can be loaded.
 */
function checkKept(again: readonly Uint8Array[], ready: readonly ChangeHeader[]): void {
  const kept = new Set(
    again.flatMap((bytes) => readChunks(bytes, Number.MAX_SAFE_INTEGER).map(({ hash }) => hash)),
  )
  for (const { hash } of ready) if (!kept.has(hash)) throw new Error(`change ${hash} was not kept as it is`)
}
