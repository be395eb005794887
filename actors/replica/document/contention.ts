/** Finds the keys of maps and elements of lists that several replicas have written to at once, in different ways. */
import type { DecodedOperation } from './automerge.ts'
import type { Operations } from './batch.ts'
import { splitOp } from './operation-id.ts'

/** A key or an element to which something is done. */
export interface Slot {
  /** The id of the container. */
  readonly object: string
  /** Null in a list. */
  readonly key: string | null
  /** Of values that it may have. */
  readonly ids: Set<string>
}

interface Written extends Slot {
  readonly kinds: Set<'write' | 'delete' | 'count'>
  readonly actors: Set<string>
}

export function contestedIn(operations: Operations): Slot[] {
  const slots = new Map<string, Written>()
  for (const [id, operation] of operations) if (operation.insert !== true) enter(slots, id, operation)
  return [...slots.values()].filter(isContested)
}

function enter(slots: Map<string, Written>, id: string, operation: DecodedOperation): void {
  const { action, obj, key, elemId, pred } = operation
  const name = `${obj} ${elemId ?? key}`
  let slot = slots.get(name)
  if (slot === undefined) {
    const isKey = elemId === undefined
    slot = { object: obj, key: isKey ? key : null, kinds: new Set(), actors: new Set(), ids: new Set() }
    slots.set(name, slot)
  }
  slot.kinds.add(action === 'del' ? 'delete' : action === 'inc' ? 'count' : 'write')
  // To count is to delete what is no counter.
  if (action === 'inc' && pred.length > 1) slot.kinds.add('delete')
  slot.actors.add(splitOp(id)[1])
  for (const each of [id, ...pred]) slot.ids.add(each)
}

/** An actor knows what it has written itself; but what it deletes may hide a counter that it gets to know of and counts. */
function isContested({ kinds, actors }: Written): boolean {
  return (kinds.size > 1 && actors.size > 1) || (kinds.has('delete') && kinds.has('count'))
}
