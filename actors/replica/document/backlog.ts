/**
 * What the mirror shows already and the engine has not taken in yet. The engine looks through a whole map to write
 * one key of it, so that many changes at once cost it little more than one; whoever only looks need not wait for it.
 */
import type { Handle } from './automerge.ts'
import type { ChangeHeader } from './change-header.ts'
import type { MapNode } from './map-node.ts'

/** The values of a key, by the ids of the operations that wrote them, and whether it is a counter. */
export interface Slot {
  readonly ids: readonly string[]
  readonly counter: boolean
}

export class Backlog {
  readonly #changes = new Map<string, ChangeHeader>()
  /** What lies where, after these changes. */
  readonly #slots = new Map<string, Slot>()
  /** Maps by their names in the engine, those among them that these changes make, and those that were looked up. */
  readonly #made = new Set<string>()
  readonly #nodes = new Map<string, MapNode>()
  /** Operations in it. */
  operations = 0

  get size(): number {
    return this.#changes.size
  }

  get(hash: string): ChangeHeader | undefined {
    return this.#changes.get(hash)
  }

  slot(place: string): Slot | undefined {
    return this.#slots.get(place)
  }

  /** Whether the engine does not have the container yet. */
  makes(id: string): boolean {
    return this.#made.has(id)
  }

  node(id: string): MapNode | undefined {
    const node = this.#nodes.get(id)
    if (node === undefined || node.attached) return node
    this.#nodes.delete(id)
    return undefined
  }

  know(id: string, node: MapNode): void {
    if (this.#nodes.size >= MAX_NODES) this.#nodes.clear()
    this.#nodes.set(id, node)
  }

  /** Enters a map that these changes make, and its node unless it is hidden by another value. */
  make(id: string, node: MapNode | null): void {
    this.#made.add(id)
    if (node === null) return
    node.id = id
    this.know(id, node)
  }

  add(changes: readonly ChangeHeader[], slots: ReadonlyMap<string, Slot>): void {
    for (const change of changes) {
      this.#changes.set(change.hash, change)
      this.operations += change.operations
    }
    for (const [place, slot] of slots) this.#slots.set(place, slot)
  }

  /** Lets the engine take in everything. */
  empty(handle: Handle): void {
    const changes = [...this.#changes.values()]
    this.#changes.clear()
    this.#slots.clear()
    this.#made.clear()
    this.operations = 0
    handle.applyChanges(changes.map(({ bytes }) => bytes))
    handle.updateDiffCursor()
  }
}

/** Finding one again costs little. */
const MAX_NODES = 1_000

export function placeIn(container: string, key: string): string {
  return `${container} ${key}`
}
