/** How changes that were admitted become a part of the engine's state and of what is shown. */
import { apply, inspect } from './admission/admit.ts'
import { engine, type Handle, type Patch } from './automerge.ts'
import { Batch } from './batch.ts'
import type { ChangeHeader } from './change-header.ts'
import { settle, showContested } from './contested.ts'
import { showDirectly } from './direct.ts'
import type { EngineState } from './engine-state.ts'
import type { DocumentLimits } from './limits.ts'
import type { Mirror } from './mirror.ts'
import type { DocumentPatch } from './patch.ts'
import { applyPatches } from './patches.ts'
import { Source } from './read.ts'
import { mended } from './trailing.ts'

/** Operations that the engine has yet to take in at most, as it does so at once. */
const MAX_BACKLOG = 1_000

export interface Taking {
  readonly state: EngineState
  readonly mirror: Mirror
  readonly changes: readonly ChangeHeader[]
  /** Is given what changes in what is shown, where somebody wants to know. */
  readonly told: DocumentPatch[] | null
}

/** Shows changes now and lets the engine take them in later; false where only the engine knows what to show. */
export function takeDirectly({ state, mirror, changes, told }: Taking): boolean {
  const { backlog, behind, progress } = state
  let { operations } = backlog
  for (const header of changes) operations += header.operations
  if (operations > MAX_BACKLOG) return false
  if (!engine(() => showDirectly({ mirror, backlog, handle: behind }, changes, told))) return false
  for (const header of changes) progress.add(header)
  return true
}

/**
 * Applies changes to a copy of the engine's state, which then takes its place. What is not trusted is looked at
 * before. Throws RefusedChangeError, and has then changed nothing; EngineLostError.
 */
export function takeByEngine(taking: Taking, trusted: boolean, limits: DocumentLimits): void {
  const { state, mirror, changes, told } = taking
  const copy = engine(() => state.handle.clone())
  let batch: Batch
  try {
    batch = new Batch(changes, trusted ? undefined : inspect(copy, state.progress, limits, changes))
    apply(copy, changes, !trusted)
  } catch (error) {
    discard(copy)
    throw error
  }
  const patches = copy.diffIncremental()
  state.replace(copy, changes)
  show(mirror, patches, batch, new Source(copy), told)
}

/** The engine's patches are not always what has changed. */
function show(
  mirror: Mirror,
  patches: readonly Patch[],
  batch: Batch,
  source: Source,
  told: DocumentPatch[] | null,
): void {
  const placed = mended(patches, source, batch)
  const settled = settle(placed, batch, source)
  applyPatches(mirror, settled.patches, source, told)
  showContested(mirror, settled.slots, source, told)
}

/** A handle on which the engine failed may refuse to be freed; it is then left to the garbage collector. */
function discard(handle: Handle): void {
  try {
    handle.free()
  } catch {}
}
