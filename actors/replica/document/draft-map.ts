/** The draft of a map: reads and writes like a plain object. */
import type { Editor, Show } from './editor.ts'
import { InvalidValueError } from './errors.ts'
import type { MapNode } from './map-node.ts'

export function mapDraft(editor: Editor, node: MapNode, show: Show): object {
  return new Proxy({}, new MapDraft(editor, node, show))
}

class MapDraft implements ProxyHandler<object> {
  readonly #editor: Editor
  readonly #node: MapNode
  readonly #show: Show

  constructor(editor: Editor, node: MapNode, show: Show) {
    this.#editor = editor
    this.#node = node
    this.#show = show
  }

  get(target: object, key: string | symbol): unknown {
    if (typeof key === 'symbol') return Reflect.get(target, key)
    const value = this.#node.get(key)
    return value === undefined ? Reflect.get(target, key) : this.#show(this.#editor, this.#node, key, value)
  }

  set(target: object, key: string | symbol, value: unknown): boolean {
    if (typeof key === 'symbol') throw new InvalidValueError("a symbol can't be a key")
    // Putting what is there already, as a swap with itself does, must not replace it.
    if (typeof value === 'object' && value !== null && value === this.get(target, key)) return true
    this.#editor.set(this.#node, key, value)
    return true
  }

  deleteProperty(_target: object, key: string | symbol): boolean {
    if (typeof key === 'string') this.#editor.remove(this.#node, key)
    return true
  }

  has(target: object, key: string | symbol): boolean {
    return Object.hasOwn(this.#node.data, key) || Reflect.has(target, key)
  }

  ownKeys(): string[] {
    return Object.keys(this.#node.data)
  }

  getOwnPropertyDescriptor(target: object, key: string | symbol): PropertyDescriptor | undefined {
    if (!Object.hasOwn(this.#node.data, key)) return undefined
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
}
