/** Changes that a document takes in at once, and what each of their operations does. */
import { type DecodedOperation, decodeChange } from './automerge.ts'
import type { ChangeHeader } from './change-header.ts'

export type Operations = ReadonlyMap<string, DecodedOperation>

export class Batch {
  readonly #changes: readonly ChangeHeader[]
  #operations: Operations | undefined
  #rewritten: ReadonlySet<string> | undefined

  /** @param operations where they have been read already */
  constructor(changes: readonly ChangeHeader[], operations?: Operations) {
    this.#changes = changes
    this.#operations = operations
  }

  get size(): number {
    return this.#changes.length
  }

  /** By their ids. They are read when somebody needs them, as that takes its time. */
  get operations(): Operations {
    this.#operations ??= this.#read()
    return this.#operations
  }

  /** The ids of the lists in which elements that were there before, if only deleted ones, have been given values. */
  get rewritten(): ReadonlySet<string> {
    this.#rewritten ??= rewrittenIn(this.operations)
    return this.#rewritten
  }

  #read(): Operations {
    const operations = new Map<string, DecodedOperation>()
    for (const { bytes, startOp, actor } of this.#changes)
      for (const [index, operation] of decodeChange(bytes).ops.entries())
        operations.set(`${startOp + index}@${actor}`, operation)
    return operations
  }
}

function rewrittenIn(operations: Operations): Set<string> {
  const lists = new Set<string>()
  for (const { action, obj, elemId, insert } of operations.values()) {
    if (elemId === undefined || insert === true || action === 'del' || action === 'inc') continue
    if (!operations.has(elemId)) lists.add(obj)
  }
  return lists
}
