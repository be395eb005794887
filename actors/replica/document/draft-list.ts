/** The draft of a list: reads and writes like an array. */
import type { Editor, Show } from './editor.ts'
import { InvalidValueError } from './errors.ts'
import type { ListNode } from './list-node.ts'
import { Counter } from './values.ts'

export function listDraft(editor: Editor, node: ListNode, show: Show): object {
  const handler = new ListDraft(editor, node, show)
  const draft = new Proxy([], handler)
  drafts.set(draft, handler)
  return draft
}

const drafts = new WeakMap<object, ListDraft>()

/** Moves an element of a draft; false where the list is none. */
export function moveInDraft(list: unknown[], from: number, to: number): boolean {
  const draft = drafts.get(list)
  draft?.move(from, to)
  return draft !== undefined
}

class ListDraft implements ProxyHandler<unknown[]> {
  readonly #editor: Editor
  readonly node: ListNode
  readonly #show: Show

  constructor(editor: Editor, node: ListNode, show: Show) {
    this.#editor = editor
    this.node = node
    this.#show = show
  }

  get(target: unknown[], key: string | symbol): unknown {
    if (typeof key === 'symbol') return Reflect.get(target, key)
    const index = indexOf(key)
    if (index !== undefined) return this.at(index)
    if (key === 'length') return this.node.data.length
    return Object.hasOwn(MUTATORS, key) ? MUTATORS[key] : Reflect.get(target, key)
  }

  set(_target: unknown[], key: string | symbol, value: unknown): boolean {
    const index = typeof key === 'string' ? indexOf(key) : undefined
    if (index !== undefined) this.#put(index, value)
    else if (key === 'length') this.#truncate(value)
    else throw new InvalidValueError(`a list has elements and no property "${String(key)}"`)
    return true
  }

  deleteProperty(): boolean {
    throw new InvalidValueError('a list has no gaps; take elements out with splice()')
  }

  has(target: unknown[], key: string | symbol): boolean {
    const index = typeof key === 'string' ? indexOf(key) : undefined
    return index === undefined ? Reflect.has(target, key) : index < this.node.data.length
  }

  ownKeys(): string[] {
    return [...Object.keys(this.node.data), 'length']
  }

  getOwnPropertyDescriptor(target: unknown[], key: string | symbol): PropertyDescriptor | undefined {
    if (key === 'length')
      return { value: this.node.data.length, writable: true, enumerable: false, configurable: false }
    if (!this.has(target, key) || typeof key === 'symbol' || indexOf(key) === undefined) return undefined
    return { value: this.get(target, key), writable: true, enumerable: true, configurable: true }
  }

  defineProperty(): boolean {
    throw new InvalidValueError('write to a draft by assignment')
  }

  setPrototypeOf(): boolean {
    throw new InvalidValueError("a draft's prototype can't be changed")
  }

  preventExtensions(): boolean {
    throw new InvalidValueError("a draft can't be frozen")
  }

  at(index: number): unknown {
    return this.#show(this.#editor, this.node, index, this.node.data[index])
  }

  /** What is taken out is given as it was, no longer a part of the document. */
  splice(at: number, remove: number, values: readonly unknown[]): unknown[] {
    const removed = Array.from({ length: remove }, (_, offset) => this.#taken(at + offset))
    this.#editor.splice(this.node, at, remove, values)
    return removed
  }

  move(from: number, to: number): void {
    this.#editor.move(this.node, from, to)
  }

  #taken(index: number): unknown {
    const value = this.node.data[index]
    return value instanceof Counter ? new Counter(value.value) : this.at(index)
  }

  #put(index: number, value: unknown): void {
    const { length } = this.node.data
    if (index > length)
      throw new InvalidValueError(
        `a list has no gaps; the next element of this one is [${length}], not [${index}]`,
      )
    if (index === length) this.#editor.splice(this.node, index, 0, [value])
    else if (typeof value !== 'object' || value === null || value !== this.at(index))
      this.#editor.put(this.node, index, value)
  }

  #truncate(value: unknown): void {
    const { length } = this.node.data
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > length)
      throw new InvalidValueError(`a list of ${length} can only be made shorter, not ${String(value)} long`)
    this.#editor.splice(this.node, value as number, length - (value as number), [])
  }
}

/** The methods of arrays that write; those that only read work as they are. */
const MUTATORS: Record<string, (this: object, ...values: never[]) => unknown> = {
  push(...values: unknown[]) {
    const list = drafts.get(this) as ListDraft
    list.splice(list.node.data.length, 0, values)
    return list.node.data.length
  },
  pop() {
    const list = drafts.get(this) as ListDraft
    const last = list.node.data.length - 1
    return last < 0 ? undefined : list.splice(last, 1, [])[0]
  },
  shift() {
    const list = drafts.get(this) as ListDraft
    return list.node.data.length === 0 ? undefined : list.splice(0, 1, [])[0]
  },
  unshift(...values: unknown[]) {
    const list = drafts.get(this) as ListDraft
    list.splice(0, 0, values)
    return list.node.data.length
  },
  splice(...values: unknown[]) {
    const list = drafts.get(this) as ListDraft
    const { length } = list.node.data
    if (values.length === 0) return []
    const at = relative(values[0], length)
    const remove = values.length === 1 ? length - at : Math.min(Math.max(whole(values[1]), 0), length - at)
    return list.splice(at, remove, values.slice(2))
  },
  sort: refuse('sort'),
  reverse: refuse('reverse'),
  fill: refuse('fill'),
  copyWithin: refuse('copyWithin'),
}

/** Several of these at once would leave a list in which elements are twice or not at all. */
function refuse(name: string): () => never {
  return () => {
    throw new InvalidValueError(
      `a shared list has no ${name}(); move elements with move(), or read a sorted copy with toSorted()`,
    )
  }
}

/** The index that a property name stands for, or undefined. */
function indexOf(key: string): number | undefined {
  const first = key.charCodeAt(0)
  if (!(first >= 48 && first <= 57)) return undefined
  const index = Number(key)
  return Number.isInteger(index) ? index : undefined
}

function relative(value: unknown, length: number): number {
  const index = whole(value)
  return index < 0 ? Math.max(length + index, 0) : Math.min(index, length)
}

function whole(value: unknown): number {
  return Math.trunc(Number(value)) || 0
}
