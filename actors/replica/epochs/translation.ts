/**
 * Makes of a change of one epoch the change of another that does the same: the same operations on what is the
 * same there. What it wrote into something that is gone there is left out, as it would not be shown either.
 * An element that it gave another value, and that is deleted there, is inserted again with that value.
 *
 * It is a function of the change, of those that it was made upon, and of the two versions alone, so that all who
 * bring a change over make the same bytes of it, and it is there once.
 */
import { MOVED } from '../document/arrangement.ts'
import { splitOp } from '../document/operation-id.ts'
import { ACTIONS, type ChangeContent, HEAD, type Operation, ROOT } from './change-codec.ts'
import type { Side } from './counterparts.ts'
import type { Order } from './order.ts'

/** What is the same on either side, beyond the version and the beginning, by the ids that one side has. */
export class Pairs {
  readonly values = new Map<string, string>()
  /** Elements, and in the place of such as were left out those behind which they would be. */
  readonly elements = new Map<string, string>()
  /** Elements that were deleted, and that a value that was given to one has brought back, by that value. */
  readonly revived = new Map<string, string>()

  take({ values, elements, revived }: Pairs): void {
    for (const [id, other] of values) this.values.set(id, other)
    for (const [id, other] of elements) this.elements.set(id, other)
    for (const [id, other] of revived) this.revived.set(id, other)
  }
}

/** How to say on the other side what one side has. */
export interface Direction {
  readonly side: Side
  readonly pairs: Pairs
  /** Of lists in which something had been moved, on the side from which a change comes. */
  readonly order: Order
  /** Whether who made the change knew of an element that was inserted after the version. */
  knows(element: string): boolean
}

export interface Rewritten {
  readonly operations: readonly Operation[]
  /** Which operation of the change each came from. */
  readonly origins: readonly number[]
  /** What is the same in both. */
  readonly pairs: Pairs
}

/** The operations of a change as they are on the other side, where they have these ids. */
export function rewrite(
  change: ChangeContent,
  direction: Direction,
  { actor, startOp }: { actor: string; startOp: number },
): Rewritten {
  return new Rewriting(change, direction, actor, startOp).run()
}

class Rewriting {
  readonly #change: ChangeContent
  readonly #direction: Direction
  readonly #actor: string
  readonly #startOp: number
  readonly #operations: Operation[] = []
  readonly #origins: number[] = []
  readonly #pairs = new Pairs()
  /** Stand-ins of the change for what is gone. */
  readonly #vain = new Set<string>()
  /** What the change has taken away already. */
  readonly #gone = new Set<string>()

  constructor(change: ChangeContent, direction: Direction, actor: string, startOp: number) {
    this.#change = change
    this.#direction = direction
    this.#actor = actor
    this.#startOp = startOp
  }

  run(): Rewritten {
    const { operations, startOp, actor } = this.#change
    for (const { key, object, value } of operations)
      if (key === MOVED && !this.#isThere(textOf(value))) this.#vain.add(object)
    for (const [index, operation] of operations.entries()) {
      const id = `${startOp + index}@${actor}`
      const object = operation.object === ROOT ? ROOT : this.#value(operation.object)
      if (object === undefined || this.#vain.has(operation.object)) continue
      if (operation.insert) this.#insert(id, index, operation, object)
      else this.#write(id, index, operation, object)
    }
    return { operations: this.#operations, origins: this.#origins, pairs: this.#pairs }
  }

  #insert(id: string, index: number, operation: Operation, object: string): void {
    const element = this.#place(operation.object, operation.element as string)
    if (this.#vain.has(id)) this.#pairs.elements.set(id, element)
    else this.#add(id, index, { ...operation, object, element, preds: [] }, true)
  }

  #write(id: string, index: number, operation: Operation, object: string): void {
    const { action, key } = operation
    const preds = operation.preds.map((pred) => this.#value(pred)).filter((pred) => pred !== undefined)
    const takes = action === ACTIONS.delete || action === ACTIONS.increment
    if (takes && (preds.length === 0 || preds.every((pred) => this.#gone.has(pred)))) return
    if (action !== ACTIONS.increment) for (const pred of preds) this.#gone.add(pred)
    if (key !== null) {
      const [value, meta] = key === MOVED ? this.#moved(operation) : [operation.value, operation.meta]
      return this.#add(id, index, { ...operation, object, value, meta, preds }, false)
    }
    const element = this.#element(operation.element as string)
    if (element !== undefined) {
      // Without one it would change what is not there.
      const all =
        preds.length > 0 ? preds : [this.#direction.side.shown(operation.element as string) ?? element]
      return this.#add(id, index, { ...operation, object, element, preds: all }, false)
    }
    this.#writeRevived(id, index, { ...operation, object, preds }, operation.object)
  }

  /** Who wrote at the same time has brought back one element each, which whoever knew of both takes for one. */
  #writeRevived(id: string, index: number, operation: Operation, list: string): void {
    const { revived } = this.#pairs
    const known = this.#direction.pairs.revived
    const places = Map.groupBy(operation.preds, (pred) => (revived.get(pred) ?? known.get(pred)) as string)
    let rest =
      operation.action === ACTIONS.delete || operation.action === ACTIONS.increment ? null : operation
    for (const [element, preds] of places) {
      const keeps = operation.action === ACTIONS.increment || rest !== null
      const taken = { ...operation, action: ACTIONS.delete, meta: 0, value: NOTHING }
      this.#add(id, index, { ...(keeps ? operation : taken), element, preds }, false)
      if (keeps) revived.set(this.#last, element)
      rest = null
    }
    if (rest === null) return
    const place = this.#place(list, operation.element as string)
    this.#add(id, index, { ...operation, element: place, insert: true, preds: [] }, true)
    revived.set(this.#last, this.#last)
  }

  #add(id: string, index: number, operation: Operation, isElement: boolean): void {
    this.#operations.push(operation)
    this.#origins.push(index)
    if (operation.action === ACTIONS.delete || operation.action === ACTIONS.increment) return
    this.#pairs.values.set(id, this.#last)
    if (isElement) this.#pairs.elements.set(id, this.#last)
  }

  get #last(): string {
    return `${this.#startOp + this.#operations.length - 1}@${this.#actor}`
  }

  #value(id: string): string | undefined {
    const { side, pairs } = this.#direction
    return this.#pairs.values.get(id) ?? pairs.values.get(id) ?? side.value(id)
  }

  #element(id: string): string | undefined {
    const { side, pairs } = this.#direction
    return this.#pairs.elements.get(id) ?? pairs.elements.get(id) ?? side.element(id)
  }

  /** What a stand-in stands for, as a value of another length. */
  #moved({ value, meta }: Operation): [value: Uint8Array, meta: number] {
    const moved = new TextEncoder().encode(this.#value(textOf(value)) ?? '')
    return [moved, moved.length * 16 + (meta % 16)]
  }

  /** Also what the change itself makes. */
  #isThere(id: string): boolean {
    const { actor, startOp, operations } = this.#change
    const [number, maker] = splitOp(id)
    const isOwn = maker === actor && number >= startOp && number < startOp + operations.length
    return isOwn || this.#value(id) !== undefined
  }

  /** Behind what to insert what lay behind an element. */
  #place(list: string, id: string): string {
    if (id === HEAD) return HEAD
    const { side, pairs, order } = this.#direction
    if (this.#isGap(id))
      for (const before of order.before(list, id)) {
        const known = this.#known(before)
        if (known !== undefined) return known
      }
    return this.#pairs.elements.get(id) ?? pairs.elements.get(id) ?? side.place(id) ?? HEAD
  }

  /** What lies in the place of an element, if something does and who made the change knew of it. */
  #known(id: string): string | undefined {
    if (this.#isGap(id)) return undefined
    const { side, pairs, knows } = this.#direction
    const others = pairs.elements.get(id)
    return this.#pairs.elements.get(id) ?? (others !== undefined && knows(id) ? others : side.place(id))
  }

  /** Also where a stand-in was left out. */
  #isGap(id: string): boolean {
    const { side, pairs } = this.#direction
    if (side.isGap(id)) return true
    const isLeftOut = (all: Pairs) => all.elements.has(id) && !all.values.has(id)
    return isLeftOut(this.#pairs) || isLeftOut(pairs)
  }
}

const NOTHING = new Uint8Array()

function textOf(value: Uint8Array): string {
  return new TextDecoder().decode(value)
}
