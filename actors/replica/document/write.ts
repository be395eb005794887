/**
 * Writes what is pending in a mirror to the engine: of each key its final value, of each counter the sum, of
 * each list and text a few splices, and new containers whole.
 */
import type { Handle } from './automerge.ts'
import type { Data, DataList, DataMap } from './data.ts'
import { isContainer } from './data.ts'
import { ListNode } from './list-node.ts'
import { MapNode } from './map-node.ts'
import type { Container, Node } from './node.ts'
import { Source } from './read.ts'
import { TextNode } from './text-node.ts'
import { Counter, Text } from './values.ts'

export function writePending(handle: Handle, node: Node): void {
  writeNode(new Source(handle), node)
}

function writeNode(source: Source, node: Node): void {
  const { handle } = source
  const id = idOf(source, node)
  if (node instanceof MapNode) writeMap(handle, id, node)
  else if (node instanceof ListNode) writeList(source, id, node)
  else if (node instanceof TextNode)
    for (const { at, remove, insert } of node.steps()) handle.splice(id, at, remove, insert)
  // Only when a container is as long as it will be can its parts be found by where they lie.
  if (node instanceof MapNode || node instanceof ListNode)
    for (const child of node.touched) writeNode(source, child)
  node.settle()
}

/** The engine's name of a container. */
export function idOf(source: Source, node: Node): string {
  if (node.id === null) {
    const parent = node.parent as Container
    node.id = source.idAt(idOf(source, parent), parent.enginePlaceOf(node)) as string
  }
  return node.id
}

function writeMap(handle: Handle, id: string, node: MapNode): void {
  for (const [key, { replaced, counted }] of node.pending) {
    const value = node.get(key)
    if (!replaced) handle.increment(id, key, counted)
    else if (value === undefined) handle.delete(id, key)
    else put(handle, id, key, value)
  }
}

function writeList(source: Source, id: string, node: ListNode): void {
  const { handle } = source
  for (const step of node.elementSteps())
    if (step.kind === 'count') handle.increment(id, step.at, step.by)
    else put(handle, id, step.at, step.value)
  const idAt = (index: number) => source.idAt(id, index) as string
  for (const { at, remove, values } of node.spliceSteps(idAt)) insert(handle, id, at, remove, values)
}

export function put(handle: Handle, id: string, place: string | number, value: Data): void {
  if (value instanceof Text) handle.putObject(id, place, value.toString())
  else if (!isContainer(value)) handle.put(id, place, scalar(value), datatype(value))
  else if (isPlain(value)) handle.putObjectFromHydrate(id, place, value)
  else fill(handle, handle.putObject(id, place, Array.isArray(value) ? [] : {}), value)
}

/** Replaces elements of a list by others. */
export function insert(handle: Handle, id: string, at: number, remove: number, values: DataList): void {
  if (values.every(isPlain)) {
    handle.spliceFromHydrate(id, at, remove, values)
    return
  }
  handle.splice(id, at, remove)
  for (const [index, value] of values.entries())
    if (value instanceof Text) handle.insertObject(id, at + index, value.toString())
    else if (!isContainer(value)) handle.insert(id, at + index, scalar(value), datatype(value))
    else fill(handle, handle.insertObject(id, at + index, Array.isArray(value) ? [] : {}), value)
}

function fill(handle: Handle, id: string, value: DataMap | DataList): void {
  if (Array.isArray(value)) insert(handle, id, 0, 0, value)
  else for (const key of Object.keys(value)) put(handle, id, key, value[key] as Data)
}

function scalar(value: Data): string | number | boolean | null | Date | Uint8Array {
  return value instanceof Counter ? value.value : (value as string | number)
}

/** Whole numbers from 2^53 - 1 on would come back as something else if they were not written as fractions. */
function datatype(value: Data): 'counter' | 'f64' | undefined {
  if (value instanceof Counter) return 'counter'
  return isPlain(value) ? undefined : 'f64'
}

/** Whether the engine can take a value as it is and whole: it misreads whole numbers from 2^53 - 1 on. */
function isPlain(value: Data): boolean {
  if (typeof value === 'number') return Math.abs(value) < Number.MAX_SAFE_INTEGER || !Number.isInteger(value)
  if (!isContainer(value) || value instanceof Text) return true
  return Array.isArray(value)
    ? value.every(isPlain)
    : Object.keys(value).every((key) => isPlain(value[key] as Data))
}
