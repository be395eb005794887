/** Brings into a mirror what the engine says has changed, and tells it in the form of documents. */
import { type Patch, unwrapPatched } from './automerge.ts'
import { type Data, freeze } from './data.ts'
import { ListNode } from './list-node.ts'
import type { MapNode } from './map-node.ts'
import type { Mirror } from './mirror.ts'
import type { Node, Step } from './node.ts'
import type { DocumentPatch } from './patch.ts'
import { TextNode } from './text-node.ts'

/** Applies patches in their order. With `told` it also collects them there. */
export function applyPatches(mirror: Mirror, patches: readonly Patch[], told: DocumentPatch[] | null): void {
  for (const patch of patches) {
    const parent = find(mirror, patch.path)
    const place = patch.path.at(-1) as Step
    const done =
      parent instanceof TextNode
        ? applyText(parent, place as number, patch)
        : parent instanceof ListNode
          ? applyList(parent, place as number, patch)
          : applyMap(parent as MapNode, place as string, patch)
    told?.push(done)
  }
}

function find(mirror: Mirror, path: readonly Step[]): Node {
  let node: Node = mirror.root
  for (let step = 0; step < path.length - 1; step++)
    node = (node as MapNode | ListNode).child(path[step] as never) as Node
  return node
}

function applyMap(node: MapNode, key: string, patch: Patch): DocumentPatch {
  const { path } = patch
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

function applyList(node: ListNode, at: number, patch: Patch): DocumentPatch {
  const { path } = patch
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

function applyText(node: TextNode, at: number, patch: Patch): DocumentPatch {
  const insert = patch.action === 'splice' ? patch.value : ''
  const remove = patch.action === 'del' ? (patch.length ?? 1) : 0
  node.splice(at, remove, insert)
  return { action: 'text', path: patch.path, remove, insert }
}

/**
 * A value as listeners get it. A container comes empty, and filled by the patches after it, which are listeners'
 * to apply as well; so they get one of their own.
 */
function shared(value: Data): Data {
  return freeze(structuredCloneOf(value))
}

function structuredCloneOf(value: Data): Data {
  if (Array.isArray(value)) return []
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
    ? {}
    : value
}
