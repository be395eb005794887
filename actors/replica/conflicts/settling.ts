/**
 * The change that settles a conflict: the same bytes on every replica that comes to the same end, so that it
 * does not matter how many of them do.
 *
 * It is made upon the changes of the conflict and nothing else, whatever a replica has seen besides, in the
 * name of an actor that is derived from all that is in it and makes this one change only. It takes the values
 * away that it has seen: one that it has not seen stays, and is a new conflict.
 *
 * Only values with lower ids than the one that stays are taken away without anything being written. So
 * settlings that did not know of each other never leave a place empty, whatever rules they followed.
 */
import { createHash } from 'node:crypto'
import { decodeChange, encodeChange, type Handle } from '../document/automerge.ts'
import type { Data } from '../document/data.ts'
import { put } from '../document/write.ts'
import { allIn, type Slot } from '../versions/slots.ts'
import { canonical } from './canonical.ts'
import type { ChangeIndex } from './change-index.ts'
import { type Candidate, elementIdOf } from './conflict.ts'
import { Extension, unite } from './merge.ts'
import { Operations, type Target } from './operations.ts'
import { type Outcome, shownOf } from './policy.ts'

export interface Settling {
  readonly slot: Slot
  /** The values with their contents as they were written, by the ids of their operations. */
  readonly values: readonly Candidate[]
  readonly outcome: Exclude<Outcome, { kind: 'leave' }>
  readonly message: string
  readonly seconds: number
}

export interface SettlingChange {
  readonly bytes: Uint8Array
  readonly hash: string
}

export function settlingChange(handle: Handle, index: ChangeIndex, settling: Settling): SettlingChange {
  const change = encoded(handle, index, settling) ?? forked(handle, settling)
  return { bytes: change, hash: decodeChange(change).hash }
}

/** Undefined where the engine can't be told the values. */
function encoded(handle: Handle, index: ChangeIndex, settling: Settling): Uint8Array | undefined {
  const { values, message, seconds } = settling
  const target = targetOf(handle, settling)
  const actor = actorOf(settling, target)
  const start = Math.max(...values.map(({ lastNumber }) => lastNumber)) + 1
  const operations = new Operations(actor, start)
  write(handle, index, settling, target, operations)
  if (!operations.exact) return undefined
  return encodeChange({
    actor,
    author: null,
    seq: 1,
    startOp: start,
    time: seconds,
    message,
    deps: versionOf(values),
    ops: operations.list,
  })
}

function write(
  handle: Handle,
  index: ChangeIndex,
  settling: Settling,
  target: Target,
  operations: Operations,
): void {
  const { values, outcome } = settling
  const shown = shownOf(values)
  const ops = values.map(({ op }) => op)
  if (outcome.kind === 'write') return operations.put(target, outcome.value, ops)
  if (outcome.kind === 'keep' && outcome.value.op !== shown.op)
    return operations.put(target, outcome.value.value, ops)
  operations.drop(target, ops.slice(0, -1))
  if (outcome.kind === 'merge')
    new Extension(handle, index, versionOf(values), operations).extend(
      shown.op,
      shown.value,
      unitedOthers(values),
    )
}

/** The same by making it on a copy of the document as it was, which costs as much as the history is long. */
function forked(handle: Handle, settling: Settling): Uint8Array {
  const { values, message, seconds } = settling
  const fork = handle.fork(actorOf(settling, targetOf(handle, settling)), versionOf(values))
  try {
    const { object, prop } = slotIn(fork, settling)
    put(fork, object, prop, resultOf(settling) as Data)
    fork.commit(message, seconds)
    return fork.getLastLocalChange() as Uint8Array
  } finally {
    fork.free()
  }
}

function resultOf({ values, outcome }: Settling): unknown {
  if (outcome.kind === 'write') return outcome.value
  return outcome.kind === 'keep' ? outcome.value.value : unite(shownOf(values).value, unitedOthers(values))
}

/** What the values other than the shown one have, those with higher ids first. */
function unitedOthers(values: readonly Candidate[]): unknown {
  return values
    .slice(0, -1)
    .map(({ value }) => value)
    .reduceRight(unite)
}

/** The changes of the conflict: the newest version that all who see the conflict have in common. */
function versionOf(values: readonly Candidate[]): string[] {
  return [...new Set(values.map(({ hash }) => hash))].sort()
}

function targetOf(handle: Handle, { slot, values }: Settling): Target {
  const { object, prop } = slot
  const { hash, op } = shownOf(values)
  return typeof prop === 'string'
    ? { obj: object, key: prop }
    : { obj: object, elemId: elementIdOf(handle, hash, op) }
}

/** The place in a copy, where an element may have another index. */
function slotIn(fork: Handle, { slot, values }: Settling): Slot {
  if (typeof slot.prop === 'string') return slot
  const { op } = shownOf(values)
  for (let prop = 0; prop < fork.length(slot.object); prop++)
    if (allIn(fork, { object: slot.object, prop }).some((held) => held.op === op)) return { ...slot, prop }
  throw new Error(`operation ${op} is not in its own version`)
}

function actorOf({ values, outcome, message, seconds }: Settling, target: Target): string {
  const end = outcome.kind === 'merge' ? '' : outcome.kind === 'keep' ? outcome.value.op : outcome.value
  const all = [Object.values(target), values.map(({ op }) => op), outcome.kind, end, message, seconds]
  return createHash('sha256').update(canonical(all)).digest('hex').slice(0, 32)
}
