/**
 * What is inserted behind the last element of a list is told by the engine as inserted before it, where something
 * was done to that element as well that is not shown: it was counted, or a value of it was deleted in whose place
 * another one is shown.
 *
 *   list   [a, b]               b was replaced by c here, and meanwhile deleted elsewhere, where d was appended
 *   told   insert d at 1        but the list is [a, c, d]
 *
 * The same goes for an element that was deleted here and is set again, but that is told as inserted itself.
 *
 *   list   [a]                  b was deleted here, and meanwhile set to c, and deleted where d was appended
 *   told   insert d and c at 1  but the list is [a, c, d]
 */
import type { Patch } from './automerge.ts'
import type { Batch, Operations } from './batch.ts'
import { type Data, isMap } from './data.ts'
import type { Step } from './node.ts'
import type { Source, Value } from './read.ts'
import { Text } from './values.ts'

type Insert = Extract<Patch, { action: 'insert' }>

/**
 * The patches with such inserts where they belong.
 *
 * @param source the engine at the state to which the patches lead
 * @param batch the changes that the patches tell of
 */
export function mended(patches: readonly Patch[], source: Source, batch: Batch): Patch[] {
  const mended: Patch[] = []
  for (let start = 0; start < patches.length; ) {
    const end = endOfContainer(patches, start)
    mended.push(...mendedWithin(patches.slice(start, end), source, batch))
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

/** The patches of one container, of which only the last can be told wrongly. */
function mendedWithin(patches: readonly Patch[], source: Source, batch: Batch): readonly Patch[] {
  const last = patches.at(-1) as Patch
  if (last.action !== 'insert') return patches
  const list = source.objectAt(last.path.slice(0, -1))
  if (list === undefined) return patches
  const length = source.handle.length(list, source.version)
  const end = Number(last.path.at(-1)) + last.values.length
  if (end === length - 1) return shifted(patches, countInserted(list, length, source, batch))
  if (end !== length || last.values.length === 1 || !batch.rewritten.has(list)) return patches
  const count = countInserted(list, last.values.length, source, batch)
  const isSetAgain = count > 0 && count < last.values.length
  return isSetAgain ? [...patches.slice(0, -1), inOrder(last, list, source)] : patches
}

/** How many elements at the end of a list the changes have inserted, as far as `most`. */
function countInserted(list: string, most: number, source: Source, batch: Batch): number {
  const last = source.handle.length(list, source.version) - 1
  let count = 0
  while (count < most && isInserted(source.idsAt(list, last - count), batch.operations)) count++
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

/** What is inserted, in the order in which the engine has it. */
function inOrder(insert: Insert, list: string, source: Source): Insert {
  const at = Number(insert.path.at(-1))
  const found = insert.values.map((_, index) => source.valueAt(list, at + index) as Value)
  const values = found.map(({ data }) => emptied(data)) as Insert['values']
  const { conflicts: _, ...rest } = insert
  const conflicts = found.map(({ conflict }) => conflict)
  return { ...rest, values, ...(conflicts.includes(true) && { conflicts }) }
}

/** As a patch has it: what is in a container comes with those after it. */
function emptied(value: Data): Data {
  if (value instanceof Text) return new Text('')
  if (Array.isArray(value)) return []
  return isMap(value) ? {} : value
}
