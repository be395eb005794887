/**
 * The order of the elements of lists in which something had been moved at the version, with what is inserted into
 * them afterwards. An element that is shown elsewhere has no counterpart where it lies in the list, and several of
 * them in a row would be one place: behind which of what was inserted there something belongs shows in this order.
 */
import { compareOps } from '../document/operation-id.ts'
import { type ChangeContent, HEAD } from './change-codec.ts'

type Lists = ReadonlyMap<string, readonly string[]>

export class Order {
  readonly #lists: Lists

  /** @param lists all elements of each, also those that are deleted */
  constructor(lists: Lists = new Map()) {
    this.#lists = lists
  }

  /** The order with what a change inserts; those that it was made upon have to be in it. */
  with({ actor, startOp, operations }: ChangeContent): Order {
    if (this.#lists.size === 0) return this
    const lists = new Map(this.#lists)
    for (const [index, { insert, object, element }] of operations.entries()) {
      const elements = lists.get(object)
      if (insert && elements !== undefined)
        lists.set(object, inserted(elements, element as string, `${startOp + index}@${actor}`))
    }
    return new Order(lists)
  }

  /** The elements from one on towards the beginning of its list; nothing where that is not known. */
  *before(list: string, element: string): Generator<string> {
    const elements = this.#lists.get(list) ?? []
    for (let at = elements.indexOf(element); at >= 0; at--) yield elements[at] as string
  }
}

/** Of what is inserted behind the same element, the later comes before the earlier. */
function inserted(elements: readonly string[], behind: string, id: string): readonly string[] {
  const before = elements.indexOf(behind)
  if (before < 0 && behind !== HEAD) return elements
  let at = before + 1
  while (at < elements.length && compareOps(elements[at] as string, id) > 0) at++
  return elements.toSpliced(at, 0, id)
}
