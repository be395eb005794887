/**
 * A document in memory, as drafts and views see it. Edits run on it at once; what they did is noted in the
 * nodes until it is committed, and, while an edit runs, in a journal by which a failed edit is taken back.
 */
import { countEntries, type Data, type DataMap } from './data.ts'
import { ListNode } from './list-node.ts'
import { MapNode } from './map-node.ts'
import type { Container, Node, Step } from './node.ts'
import { TextNode } from './text-node.ts'
import { Text } from './values.ts'

export class Mirror {
  readonly root: MapNode
  /** Keys, elements and pieces of texts that the document has. */
  entries: number
  /** Edits that have run or are running. */
  edits = 0
  #journal: (() => void)[] | null = null
  #fresh: Node[] = []

  constructor(data: DataMap) {
    this.root = new MapNode(this, null, '', data, false)
    this.root.id = '/'
    this.entries = countEntries(data) - 1
  }

  view(): DataMap {
    return this.root.freeze()
  }

  get editing(): boolean {
    return this.#journal !== null
  }

  /** Runs an edit. When it throws, everything is as it was before. */
  edit<R>(run: () => R): R {
    const journal: (() => void)[] = []
    this.#journal = journal
    this.edits++
    try {
      return run()
    } catch (error) {
      this.#journal = null
      for (let index = journal.length - 1; index >= 0; index--) (journal[index] as () => void)()
      throw error
    } finally {
      this.#journal = null
    }
  }

  /** Enters into the journal how to undo what was done. */
  note(undo: () => void): void {
    this.#journal?.push(undo)
  }

  nodeOf(parent: Container, place: Step, value: Data, fresh: boolean): Node {
    if (value instanceof Text) return new TextNode(this, parent, place, value, fresh)
    if (Array.isArray(value)) return new ListNode(this, parent, place, value, fresh)
    return new MapNode(this, parent, place, value as DataMap, fresh)
  }

  born(node: Node): void {
    this.#fresh.push(node)
  }

  /** What there was to commit is written. */
  settled(): void {
    for (const node of this.#fresh) node.fresh = false
    this.#fresh = []
  }

  weigh(before: Data | undefined, after: Data | undefined): void {
    this.entries += countEntries(after) - countEntries(before)
  }
}
