/**
 * Tells in which change an operation was made. The engine knows changes by their hash and operations by number
 * and actor, and would have to be asked for its whole history to get from one to the other.
 *
 * Nothing is indexed before the first question. Then the history is read from its newest change backwards, as
 * far as needed and once only; what is added to it later is read when it is asked for.
 */
import type { ChangeMetadata, Handle } from '../document/automerge.ts'
import { splitOp } from '../document/operation-id.ts'
import { HistoryWalk } from '../versions/walk.ts'

interface Span {
  readonly first: number
  readonly last: number
  readonly hash: string
}

/** The changes of one actor: those after the index began in their order, those before it in the opposite one. */
interface Spans {
  readonly later: Span[]
  readonly earlier: Span[]
}

export class ChangeIndex {
  readonly #byActor = new Map<string, Spans>()
  /** Up to where the history has been read; null while nothing has been. */
  #heads: string[] | null = null
  #walk: HistoryWalk | null = null

  /** Changes that it has read. */
  get size(): number {
    let size = 0
    for (const { later, earlier } of this.#byActor.values()) size += later.length + earlier.length
    return size
  }

  /** The hash of the change; undefined where the document has no such operation. */
  hashOf(handle: Handle, op: string): string | undefined {
    const [number, actor] = splitOp(op)
    return (
      this.#known(number, actor) ??
      this.#inNewer(handle, number, actor) ??
      this.#inOlder(handle, number, actor)
    )
  }

  #known(number: number, actor: string): string | undefined {
    const spans = this.#byActor.get(actor)
    return spans && (find(spans.later, number, 1) ?? find(spans.earlier, number, -1))
  }

  #inNewer(handle: Handle, number: number, actor: string): string | undefined {
    const heads = handle.getHeads()
    if (this.#heads === null) this.#walk = new HistoryWalk(handle, heads)
    else
      for (const change of handle.getChangesMeta(this.#heads))
        this.#spansOf(change.actor).later.push(spanOf(change))
    this.#heads = heads
    return this.#known(number, actor)
  }

  #inOlder(handle: Handle, number: number, actor: string): string | undefined {
    for (let change = this.#walk?.next(handle); change; change = this.#walk?.next(handle)) {
      this.#spansOf(change.actor).earlier.push(spanOf(change))
      if (change.actor === actor && change.startOp <= number && number <= change.maxOp) return change.hash
    }
    return undefined
  }

  #spansOf(actor: string): Spans {
    let spans = this.#byActor.get(actor)
    if (!spans) {
      spans = { later: [], earlier: [] }
      this.#byActor.set(actor, spans)
    }
    return spans
  }
}

function spanOf({ startOp, maxOp, hash }: ChangeMetadata): Span {
  return { first: startOp, last: maxOp, hash }
}

function find(spans: readonly Span[], number: number, direction: 1 | -1): string | undefined {
  let low = 0
  let high = spans.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const { first, last, hash } = spans[middle] as Span
    if (number >= first && number <= last) return hash
    if (number > last === direction > 0) low = middle + 1
    else high = middle - 1
  }
  return undefined
}
