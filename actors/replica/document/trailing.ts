/**
 * What is inserted behind the last element of a list is told by the engine as inserted before it, where something
 * was done to that element as well that is not shown: it was counted, or a value of it was deleted in whose place
 * another one is shown.
 *
 *   list   [a, b]          b was replaced by c here, and meanwhile deleted elsewhere, where d was appended
 *   told   insert d at 1   but the list is [a, c, d]
 */
import type { Patch } from './automerge.ts'
import type { Operations } from './batch.ts'
import type { Step } from './node.ts'
import type { Source } from './read.ts'

type Insert = Extract<Patch, { action: 'insert' }>

/**
 * The patches with such inserts where they belong.
 *
 * @param source the engine at the state to which the patches lead
 * @param operations gives those of the changes that the patches tell of
 */
export function mended(patches: readonly Patch[], source: Source, operations: () => Operations): Patch[] {
  const mended: Patch[] = []
  for (let start = 0; start < patches.length; ) {
    const end = endOfContainer(patches, start)
    const trailing = misplaced(patches[end - 1] as Patch, source, operations)
    const part = patches.slice(start, end)
    mended.push(...(trailing === 0 ? part : shifted(part, trailing)))
    start = end
  }
  return mended
}

/** Patches of one container follow each other. */
function endOfContainer(patches: readonly Patch[], start: number): number {
  const { path } = patches[start] as Patch
  let end = start + 1
  while (end < patches.length && isSameContainer((patches[end] as Patch).path, path)) end++
  return end
}

function isSameContainer(a: readonly Step[], b: readonly Step[]): boolean {
  if (a.length !== b.length) return false
  for (let index = a.length - 2; index >= 0; index--) if (a[index] !== b[index]) return false
  return true
}

/** How many elements are behind the one that was the last, where the last patch of a list has them before it. */
function misplaced(last: Patch, source: Source, operations: () => Operations): number {
  if (last.action !== 'insert') return 0
  const list = source.objectAt(last.path.slice(0, -1))
  if (list === undefined) return 0
  const length = source.handle.length(list, source.version)
  if (Number(last.path.at(-1)) + last.values.length !== length - 1) return 0
  let count = 0
  while (isInserted(source.idsAt(list, length - 1 - count), operations())) count++
  return count
}

/** Whether the element that has these values is one that the changes have inserted. */
function isInserted(values: readonly string[], operations: Operations): boolean {
  return values.some((id) => {
    const operation = operations.get(id)
    return operation !== undefined && (operation.insert === true || operations.has(String(operation.elemId)))
  })
}

/** The patches of a list with the last so many inserted elements one further back. */
function shifted(patches: readonly Patch[], count: number): Patch[] {
  const behind: Patch[] = []
  const before = [...patches]
  for (let left = count; left > 0; ) {
    const patch = before.pop()
    if (patch?.action !== 'insert') return [...patches]
    const stays = Math.max(0, patch.values.length - left)
    left -= patch.values.length - stays
    behind.unshift(sliced(patch, stays, patch.values.length, 1))
    if (stays > 0) before.push(sliced(patch, 0, stays, 0))
  }
  return [...before, ...behind]
}

/** A part of what is inserted, so much further back. */
function sliced(patch: Insert, from: number, to: number, by: number): Insert {
  const { path, values, conflicts } = patch
  return {
    ...patch,
    path: [...path.slice(0, -1), Number(path.at(-1)) + from + by],
    values: values.slice(from, to),
    ...(conflicts && { conflicts: conflicts.slice(from, to) }),
  }
}
