/**
 * A conflict: several replicas wrote the same place without knowing of each other, and all that they wrote is
 * kept. The place shows the value of the operation with the highest id, which on all replicas is the same.
 */
import type { DecodedOperation, Handle } from '../document/automerge.ts'
import { type Data, freeze } from '../document/data.ts'
import { splitOp } from '../document/operation-id.ts'
import { type Description, describe } from '../versions/message.ts'
import { allIn, type Held, heldIn, readHeld, type Slot } from '../versions/slots.ts'
import type { ChangeIndex } from './change-index.ts'

export type Path = readonly (string | number)[]

export interface ConflictValue {
  /** The operation that wrote it. */
  readonly op: string
  /** As a view shows it. */
  readonly value: unknown
  /** The change that it was written in. */
  readonly hash: string
  /** The replica that wrote it. */
  readonly actor: string
  /** The paths of the actors whose edits are in that change; one of them wrote the value. */
  readonly authors: readonly string[]
}

export interface Conflict {
  readonly path: Path
  /** By the ids of their operations, so that the last is the one that is shown. */
  readonly values: readonly ConflictValue[]
}

/** A value of a conflict, with what has to be known to settle it. */
export interface Candidate extends ConflictValue {
  readonly kind: Held['kind']
  readonly change: Description
  /** The highest number of an operation of that change. */
  readonly lastNumber: number
}

/** The place at a path, through what is shown; undefined where there is none. */
export function slotAt(handle: Handle, path: Path): Slot | undefined {
  let object = '_root'
  let list = false
  for (const step of path.slice(0, -1)) {
    if (list !== (typeof step === 'number')) return undefined
    const held = heldIn(handle, { object, prop: step })
    if (held?.kind !== 'map' && held?.kind !== 'list') return undefined
    object = held.op
    list = held.kind === 'list'
  }
  const prop = path.at(-1)
  return prop === undefined || list !== (typeof prop === 'number') ? undefined : { object, prop }
}

/** The path of a place; undefined where it is no longer part of what the document shows. */
export function pathOf(handle: Handle, { object, prop }: Slot): Path | undefined {
  const path = object === '_root' ? [] : handle.objInfo(object).path
  return path && [...path, prop]
}

/**
 * The values of those operations in a place, by their ids; without those that are no longer there. With
 * `atWriting` they are what they were when they were written, which is the same on every replica, however much
 * has been done since to a counter or within a container.
 */
export function candidatesIn(
  handle: Handle,
  index: ChangeIndex,
  slot: Slot,
  ops: readonly string[],
  atWriting = false,
): Candidate[] {
  const all = allIn(handle, slot).filter(({ op }) => ops.includes(op))
  const hashes = all.map(({ op }) => index.hashOf(handle, op) as string)
  const version = atWriting ? [...new Set(hashes)].sort() : undefined
  return all.map((held, place) => candidateOf(handle, held, hashes[place] as string, version))
}

function candidateOf(handle: Handle, held: Held, hash: string, version?: string[]): Candidate {
  const meta = handle.getChangeMetaByHash(hash)
  if (!meta) throw new Error(`change ${hash} is in the index and not in the document`)
  const change = describe(meta)
  const authors = [...new Set(change.authors.map(({ author }) => author).filter((author) => author !== null))]
  const written =
    version && held.kind === 'counter' ? { ...held, scalar: writtenIn(handle, hash, held.op).value } : held
  const value = freeze(readHeld(handle, written, version) as Data)
  const { op, kind } = held
  return { op, kind, value, hash, actor: splitOp(op)[1], authors, change, lastNumber: meta.maxOp }
}

/** The operation as it stands in its change. */
function writtenIn(handle: Handle, hash: string, op: string): DecodedOperation {
  const change = handle.getDecodedChangeByHash(hash)
  const operation = change?.ops[splitOp(op)[0] - change.startOp]
  if (!operation) throw new Error(`change ${hash} has no operation ${op}`)
  return operation
}

/** The element of a list to which an operation wrote, by the name that it keeps wherever it moves to. */
export function elementIdOf(handle: Handle, hash: string, op: string): string {
  const { insert, elemId } = writtenIn(handle, hash, op)
  return insert ? op : (elemId as string)
}
