/**
 * What a draft does to a mirror: checks that it may, copies what is given, counts what it costs, and notes how
 * to take it back.
 */
import { type Data, describe, freeze, importValue, isContainer, type Weight, wrongKey } from './data.ts'
import { DocumentLimitError, InvalidValueError, ReadOnlyError } from './errors.ts'
import type { DocumentLimits } from './limits.ts'
import type { ListNode } from './list-node.ts'
import type { MapNode } from './map-node.ts'
import type { Mirror } from './mirror.ts'
import type { Node, Step } from './node.ts'
import type { DocumentPatch } from './patch.ts'
import type { TextNode } from './text-node.ts'
import { Counter, checkEdit, checkString, Text } from './values.ts'

/** What a draft shows of what lies in a container. */
export type Show = (editor: Editor, node: MapNode | ListNode, place: Step, value: Data | undefined) => unknown

/** Bytes of a change that a move takes, most of them for an id. */
const MOVE_BYTES = 80

export class Editor {
  readonly mirror: Mirror
  readonly #limits: DocumentLimits
  /** Edits of single places since the last commit. */
  operations = 0
  /** What they will cost as a change. */
  readonly weight: Weight = { operations: 0, bytes: 0 }
  /** What the edit that runs has changed; null while nobody wants to know. */
  patches: DocumentPatch[] | null = null

  constructor(mirror: Mirror, limits: DocumentLimits) {
    this.mirror = mirror
    this.#limits = limits
  }

  set(node: MapNode, key: string, value: unknown): void {
    const data = this.#import(node, key, value)
    const wrong = wrongKey(key, this.#limits)
    if (wrong !== undefined) throw new InvalidValueError(`${describe(node.path())}: ${wrong}`)
    this.#keepKind(node, key, node.get(key), data)
    this.weight.bytes += key.length
    this.#spend(1)
    this.mirror.note(node.write(key, data))
    this.#tell(node, key, data)
  }

  remove(node: MapNode, key: string): void {
    this.#writable(node)
    if (node.get(key) === undefined) return
    this.weight.operations++
    this.weight.bytes += 16 + key.length
    this.#spend(1)
    this.mirror.note(node.write(key, undefined))
    this.patches?.push({ action: 'delete', path: [...node.path(), key] })
  }

  put(node: ListNode, index: number, value: unknown): void {
    const data = this.#import(node, index, value)
    this.#keepKind(node, index, node.data[index], data)
    this.#spend(1)
    this.mirror.note(node.put(index, data))
    this.#tell(node, index, data)
  }

  splice(node: ListNode, at: number, remove: number, values: readonly unknown[]): void {
    const data = values.map((value, index) => this.#import(node, at + index, value))
    this.#writable(node)
    if (remove === 0 && data.length === 0) return
    this.weight.operations += remove
    this.weight.bytes += 8 * remove
    this.#spend(remove + data.length)
    this.mirror.note(node.write(at, remove, data))
    if (this.patches === null) return
    const path = [...node.path(), at]
    if (remove > 0) this.patches.push({ action: 'delete', path, count: remove })
    if (data.length > 0) this.patches.push({ action: 'insert', path, values: data.map(freeze) })
  }

  move(node: ListNode, from: number, to: number): void {
    const value = node.data[from] as Data
    this.#writable(node)
    // What stood for it before is taken away, and what stands for it now is put in; or a scalar is.
    this.weight.operations += 3
    this.weight.bytes += MOVE_BYTES
    if (!isContainer(value)) this.#import(node, to, value)
    this.#spend(1)
    this.mirror.note(node.move(from, to))
    this.patches?.push({ action: 'move', path: [...node.path(), from], to })
  }

  count(node: MapNode | ListNode, place: Step, by: number): void {
    this.#writable(node)
    this.weight.operations++
    this.weight.bytes += 16
    this.#spend(1)
    this.mirror.note(node.count(place as never, by))
    this.patches?.push({ action: 'increment', path: [...node.path(), place], by })
  }

  write(node: TextNode, at: number, remove: number, insert: string): void {
    this.#writable(node)
    checkEdit(node.buffer, at, remove, insert)
    if (remove === 0 && insert === '') return
    this.weight.operations += remove + insert.length
    this.weight.bytes += remove + insert.length
    this.#spend(1)
    this.mirror.note(node.write(at, remove, insert))
    this.patches?.push({ action: 'text', path: [...node.path(), at], remove, insert })
  }

  /** Counts what an edit is said to be for. */
  note(message: string | undefined): void {
    if (message === undefined) return
    checkString('a message', message)
    if (message.length > this.#limits.messageUnits)
      throw new DocumentLimitError(
        `the message of an edit has at most ${this.#limits.messageUnits} characters`,
      )
    this.weight.bytes += message.length
  }

  /** What is pending has been committed. */
  committed(): void {
    this.operations = 0
    this.weight.operations = 0
    this.weight.bytes = 0
  }

  #import(node: Node, place: Step, value: unknown): Data {
    this.#writable(node)
    // Scalars, which are most of what is written, need no path.
    const plain = Number.isSafeInteger(value) || typeof value === 'boolean' || value === null
    if (!plain || Object.is(value, -0))
      return importValue(value, [...node.path(), place], this.#limits, this.weight)
    this.weight.operations++
    this.weight.bytes += 8
    return value as number | boolean | null
  }

  #spend(operations: number): void {
    this.operations += operations
    const { changeOperations, changeBytes } = this.#limits
    if (this.weight.operations <= changeOperations && this.weight.bytes <= changeBytes / 2) return
    throw new DocumentLimitError(
      `one change takes at most ${changeOperations} operations and ${changeBytes / 2} bytes; make smaller edits and let what is pending be committed between them`,
    )
  }

  #writable(node: Node): void {
    if (!this.mirror.editing) throw new ReadOnlyError('a draft can be written only while its edit runs')
    if (!node.attached)
      throw new ReadOnlyError('this part is no longer in the document; what is written to it is lost')
  }

  /** `draft.votes += 1` would turn a counter into a number, and lose what others count at the same time. */
  #keepKind(node: Node, place: Step, before: Data | undefined, after: Data): void {
    const path = () => describe([...node.path(), place])
    if (before instanceof Counter && typeof after === 'number')
      throw new InvalidValueError(`${path()} is a counter: use increment(), or delete it first`)
    if (before instanceof Text && typeof after === 'string')
      throw new InvalidValueError(`${path()} is a text: use insert() and delete(), or give a new Text`)
  }

  #tell(node: Node, place: Step, value: Data): void {
    this.patches?.push({ action: 'put', path: [...node.path(), place], value: freeze(value) })
  }
}
