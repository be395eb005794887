/**
 * Shows what the engine's patches don't tell rightly: what a key or an element shows that several replicas have
 * written to at once, in different ways. A value that was written while the one that was shown was deleted is told
 * as one that is hidden; a counter that was counted while it was hidden, as one that is shown already.
 *
 *   shown    b, which hides what others wrote before
 *   changes  b is deleted; a is written by who did not know of b
 *   told     there is a conflict, and nothing else
 *   right    a is shown
 *
 * Of these the engine is asked what they show.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Patch } from './automerge.ts'
import type { Batch } from './batch.ts'
import { contestedIn, type Slot } from './contention.ts'
import { type Data, freeze } from './data.ts'
import { ListNode } from './list-node.ts'
import { MapNode } from './map-node.ts'
import type { Mirror } from './mirror.ts'
import type { Node, Step } from './node.ts'
import type { DocumentPatch } from './patch.ts'
import { find } from './patches.ts'
import type { Source, Value } from './read.ts'
import { Rearrangement } from './rearrangement.ts'
import { Counter } from './values.ts'
import { idOf } from './write.ts'

/** What a slot shows, and where the engine has it. */
interface Contested {
  readonly path: readonly Step[]
  readonly value: Value
  /** Whether something has changed within what it shows. */
  isTouched: boolean
}

/** Contested slots by the steps that lead to them. */
interface Tree {
  slot: Contested | null
  readonly steps: Map<Step, Tree>
}

/** What contested slots show, and the patches without what they tell of that. */
export interface Settled {
  readonly patches: readonly Patch[]
  readonly slots: readonly Contested[]
}

/** @param source the engine at the state to which the patches lead */
export function settle(patches: readonly Patch[], batch: Batch, source: Source): Settled {
  const counted = patches.map((patch) => withCount(patch, source))
  const isDoubtful = batch.size > 1 || patches.some(({ action }) => action === 'inc')
  const slots = isDoubtful ? lookUp(contestedIn(batch.operations), source) : []
  if (slots.length === 0) return { patches: counted, slots }
  const tree = treeOf(slots)
  return { patches: counted.filter((patch) => !isTaken(tree, patch)), slots }
}

/** A counter that comes to light again is told without what has been added to it. */
function withCount(patch: Patch, source: Source): Patch {
  if (patch.action !== 'put' || !(patch.value instanceof Counter)) return patch
  const object = source.objectAt(patch.path.slice(0, -1))
  const value = object && source.valueAt(object, patch.path.at(-1) as Step)
  return value ? ({ ...patch, value: value.data } as unknown as Patch) : patch
}

/** Slots that are empty, or lie in what is not shown, are left out: of these the engine tells what is so. */
function lookUp(slots: readonly Slot[], source: Source): Contested[] {
  const contested: Contested[] = []
  for (const [object, within] of Map.groupBy(slots, (slot) => slot.object)) {
    const path = source.pathOf(object)
    if (path === undefined) continue
    for (const place of placesOf(object, within, source)) {
      const value = source.valueAt(object, place)
      if (value !== undefined) contested.push({ path: [...path, place], value, isTouched: false })
    }
  }
  return contested.sort((a, b) => a.path.length - b.path.length)
}

function placesOf(object: string, slots: readonly Slot[], source: Source): Iterable<Step> {
  const ids = new Set(slots.flatMap(({ key, ids }) => (key === null ? [...ids] : [])))
  return ids.size === 0 ? slots.map(({ key }) => key as string) : source.elementsWith(object, ids)
}

function treeOf(slots: readonly Contested[]): Tree {
  const root: Tree = { slot: null, steps: new Map() }
  for (const slot of slots) {
    let tree = root
    for (const step of slot.path) {
      const next = tree.steps.get(step) ?? { slot: null, steps: new Map() }
      tree.steps.set(step, next)
      tree = next
    }
    tree.slot = slot
  }
  return root
}

/** Whether a patch tells of what a slot shows. What is inserted into a list, or taken out, is another element. */
function isTaken(root: Tree, { action, path }: Patch): boolean {
  let tree: Tree | undefined = root
  for (const [index, step] of path.entries()) {
    tree = tree.steps.get(step)
    if (tree === undefined) return false
    if (tree.slot === null) continue
    if (index === path.length - 1) return action === 'put' || action === 'inc'
    tree.slot.isTouched = true
    return true
  }
  return false
}

/** Shows what contested slots show, once all else is shown. */
export function showContested(
  mirror: Mirror,
  slots: readonly Contested[],
  source: Source,
  told: DocumentPatch[] | null,
): void {
  for (const slot of slots) {
    const parent = find(mirror, slot.path)
    const place = slot.path.at(-1) as Step
    if (parent instanceof MapNode) showKey(parent, place as string, slot, told)
    else if (parent instanceof ListNode) showElement(parent, place as number, slot, source, told)
  }
}

function showKey(map: MapNode, key: string, slot: Contested, told: DocumentPatch[] | null): void {
  if (isShown(slot, map.get(key), map.child(key))) return
  const { data, conflict } = slot.value
  map.replace(key, data)
  const flag = conflict && { conflict }
  told?.push({ action: 'put', path: [...map.path(), key], value: freeze(data), ...flag })
}

function showElement(
  list: ListNode,
  at: number,
  slot: Contested,
  source: Source,
  told: DocumentPatch[] | null,
): void {
  const shown = list.shownIndexOf(at)
  if (shown < 0 || isShown(slot, list.data[shown], list.child(shown))) return
  const { data, conflict } = slot.value
  const rearrangement = new Rearrangement(list, idOf(source, list))
  rearrangement.put(at, data, conflict, freeze(data))
  rearrangement.finish(undefined, source, told)
}

/** Whether what a slot shows is there already. */
function isShown({ value, isTouched }: Contested, data: Data | undefined, node: Node | undefined): boolean {
  if (isTouched || (node !== undefined && node.id !== null && node.id !== value.id)) return false
  return isDeepStrictEqual(data, value.data)
}
