/** Counters and texts as they are in a draft: what is done to them is done to the document. */
import type { Editor } from './editor.ts'
import { ReadOnlyError } from './errors.ts'
import { ListNode } from './list-node.ts'
import type { MapNode } from './map-node.ts'
import type { Step } from './node.ts'
import type { TextNode } from './text-node.ts'
import { Counter, checkWhole, Text } from './values.ts'

export class DraftCounter extends Counter {
  readonly #editor: Editor
  readonly #node: MapNode | ListNode
  #place: Step
  /** What lay there last: in a list it may have moved since. */
  #seen: Counter

  constructor(editor: Editor, node: MapNode | ListNode, place: Step, seen: Counter) {
    super()
    this.#editor = editor
    this.#node = node
    this.#place = place
    this.#seen = seen
  }

  override get value(): number {
    this.#find()
    return this.#seen.value
  }

  override increment(by = 1): void {
    checkWhole('what is added to a counter', by)
    checkWhole('a counter', this.value + by)
    if (by === 0) return
    this.#editor.count(this.#node, this.#place, by)
    this.#seen = this.#at(this.#place) as Counter
  }

  #find(): void {
    if (this.#at(this.#place) === this.#seen) return
    if (this.#node instanceof ListNode) this.#place = this.#node.data.indexOf(this.#seen)
    const there = this.#at(this.#place)
    // Another reference to the same key may have counted meanwhile.
    if (!(there instanceof Counter)) throw new ReadOnlyError('this counter is no longer in the document')
    this.#seen = there
  }

  #at(place: Step): unknown {
    return this.#node instanceof ListNode ? this.#node.data[place as number] : this.#node.get(place as string)
  }
}

export class DraftText extends Text {
  readonly #editor: Editor
  readonly #node: TextNode

  constructor(editor: Editor, node: TextNode) {
    super()
    this.#editor = editor
    this.#node = node
  }

  override get length(): number {
    return this.#node.buffer.length
  }

  override insert(at: number, text: string): void {
    this.#editor.write(this.#node, at, 0, text)
  }

  override delete(at: number, count = 1): void {
    this.#editor.write(this.#node, at, count, '')
  }

  override toString(): string {
    return this.#node.buffer.toString()
  }
}
