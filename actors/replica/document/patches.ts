/** Brings into a mirror what the engine says has changed, and tells it in the form of documents. */
import { MOVED } from './arrangement.ts'
import { type Patch, unwrapPatched } from './automerge.ts'
import type { Data } from './data.ts'
import { ListNode } from './list-node.ts'
import type { MapNode } from './map-node.ts'
import type { Mirror } from './mirror.ts'
import { Container, type Node, type Step } from './node.ts'
import type { DocumentPatch } from './patch.ts'
import { shared } from './patch-values.ts'
import type { Source } from './read.ts'
import { Rearrangement } from './rearrangement.ts'
import { TextNode } from './text-node.ts'
import { idOf } from './write.ts'

type StandIns = ReadonlyMap<string, ReadonlyMap<number, string>>

/**
 * Applies patches in their order, which is the engine's: those of one container follow each other, and come after
 * those of what it lies in. With `told` it also collects them there.
 *
 * @param source the engine at the state to which the patches lead
 */
export function applyPatches(
  mirror: Mirror,
  patches: readonly Patch[],
  source: Source,
  told: DocumentPatch[] | null,
): void {
  const standIns = standInsIn(patches)
  let open: { list: Rearrangement; name: string } | null = null
  const finish = () => open?.list.finish(standIns?.get(open.name), source, told)
  for (const patch of patches) {
    const place = patch.path.at(-1) as Step
    if (open !== null) {
      if (nameOf(patch.path) === open.name) {
        open.list.take(patch, place as number)
        continue
      }
      finish()
      open = null
    }
    const parent = find(mirror, patch.path)
    // What is in a stand-in is nobody's business.
    if (parent === undefined) continue
    if (parent instanceof ListNode && isArranged(parent, patch.path, standIns)) {
      open = { list: new Rearrangement(parent, idOf(source, parent)), name: nameOf(patch.path) }
      open.list.take(patch, place as number)
      continue
    }
    const path = told !== null && isWithinArranged(parent) ? [...parent.path(), place] : patch.path
    const done =
      parent instanceof TextNode
        ? applyText(parent, place as number, patch, path)
        : parent instanceof ListNode
          ? applyList(parent, place as number, patch, path)
          : applyMap(parent as MapNode, place as string, patch, path)
    told?.push(done)
  }
  finish()
}

/** Of each list that has new stand-ins what they stand for, by where the engine has them; null where there are none. */
function standInsIn(patches: readonly Patch[]): StandIns | null {
  let found: Map<string, Map<number, string>> | null = null
  for (const patch of patches) {
    const index = patch.path.at(-2)
    if (patch.path.at(-1) !== MOVED || patch.action !== 'put' || typeof index !== 'number') continue
    found ??= new Map()
    const name = nameOf(patch.path.slice(0, -1))
    const list = found.get(name) ?? new Map<number, string>()
    found.set(name, list.set(index, String(unwrapPatched(patch.value))))
  }
  return found
}

/** A name of the container that a patch is about. */
function nameOf(path: readonly Step[]): string {
  return JSON.stringify(path.slice(0, -1))
}

function isArranged(list: ListNode, path: readonly Step[], standIns: StandIns | null): boolean {
  return list.arrangement !== null || standIns?.has(nameOf(path)) === true
}

/** Whether indexes on the way to it are others than the engine's. */
function isWithinArranged(node: Node): boolean {
  for (let above = node.parent; above !== null; above = above.parent)
    if (above instanceof ListNode && above.arrangement !== null) return true
  return false
}

/** The container in which the engine has the last step of a path; undefined where that is not shown. */
export function find(mirror: Mirror, path: readonly Step[]): Node | undefined {
  let node: Node | undefined = mirror.root
  for (let step = 0; step < path.length - 1 && node !== undefined; step++)
    node = node instanceof Container ? node.engineChild(path[step] as Step) : undefined
  return node
}

function applyMap(node: MapNode, key: string, patch: Patch, path: Step[]): DocumentPatch {
  if (patch.action === 'put') {
    const value = unwrapPatched(patch.value) as Data
    node.replace(key, value)
    return { action: 'put', path, value: shared(value), ...(patch.conflict && { conflict: true }) }
  }
  if (patch.action === 'inc') {
    node.recount(key, patch.value)
    return { action: 'increment', path, by: patch.value }
  }
  if (patch.action === 'del') {
    node.replace(key, undefined)
    return { action: 'delete', path }
  }
  return { action: 'conflict', path }
}

function applyList(node: ListNode, at: number, patch: Patch, path: Step[]): DocumentPatch {
  if (patch.action === 'put') {
    const value = unwrapPatched(patch.value) as Data
    node.replace(at, value)
    return { action: 'put', path, value: shared(value), ...(patch.conflict && { conflict: true }) }
  }
  if (patch.action === 'insert') {
    const values = patch.values.map((value) => unwrapPatched(value) as Data)
    node.splice(at, 0, values)
    const { conflicts } = patch
    return { action: 'insert', path, values: values.map(shared), ...(conflicts && { conflicts }) }
  }
  if (patch.action === 'inc') {
    node.recount(at, patch.value)
    return { action: 'increment', path, by: patch.value }
  }
  if (patch.action === 'del') {
    node.splice(at, patch.length ?? 1, [])
    return { action: 'delete', path, count: patch.length ?? 1 }
  }
  return { action: 'conflict', path }
}

function applyText(node: TextNode, at: number, patch: Patch, path: Step[]): DocumentPatch {
  const insert = patch.action === 'splice' ? patch.value : ''
  const remove = patch.action === 'del' ? (patch.length ?? 1) : 0
  node.splice(at, remove, insert)
  return { action: 'text', path, remove, insert }
}
