/** The epochs of documents that are open on this node, present and past, for those who have to go between them. */
import type { Epoch, Lineage, Route } from '../../../protocols/replication/epochs/lineage.ts'
import type { Sightings } from '../../../protocols/replication/epochs/sightings.ts'
import { Document } from '../document/document.ts'
import { DOCUMENT_LIMITS } from '../document/limits.ts'
import type { Crossing } from '../epochs/crossing.ts'
import { historyFor, Passage } from '../epochs/passage.ts'
import type { OpenDocument } from '../open-document.ts'
import { typeOf } from '../types.ts'
import type { Past } from './past.ts'

/** Milliseconds that a past epoch stays loaded after somebody asked for a part of it, as more may be asked for. */
const KEEP_MS = 5_000

/** A document of so many operations in its history for each live one has more past than present, and begins an epoch. */
export const HISTORY_PER_LIVE = 2
/** Until it begins there are some more, of which all may be live. */
const LEAST_HISTORY_PER_LIVE = 1.5

/** Whether an epoch may begin with a version; all nodes judge alike. */
export function mayEnd({ operations, live }: Pick<Crossing, 'operations' | 'live'>): boolean {
  return operations > LEAST_HISTORY_PER_LIVE * live
}

export class Library {
  readonly #past: () => Past
  readonly #after: (ms: number, run: () => void) => () => void
  /** The past epochs that were asked for last, one of each document. */
  readonly #lent = new Map<string, { readonly document: Document; readonly cancel: () => void }>()

  constructor(past: () => Past, after: (ms: number, run: () => void) => () => void) {
    this.#past = past
    this.#after = after
  }

  lineage({ document }: OpenDocument): Promise<Lineage> {
    return this.#past().lineage(document)
  }

  /** In which epochs other nodes were. */
  sightings({ id }: OpenDocument): Promise<Sightings> {
    return this.#past().sightings(id)
  }

  /** Stores which nodes have the document. */
  note({ id }: OpenDocument): Promise<void> {
    return this.#past().note(id)
  }

  /** Reads in a present or past epoch, which is given back as soon as another one is asked for; undefined where it is not known. */
  async read<R>(
    { id, document }: OpenDocument,
    hash: string,
    use: (epoch: Document) => R,
  ): Promise<R | undefined> {
    if (hash === document.first) return use(document)
    if (this.#lent.get(id)?.document.first !== hash) {
      const bytes = await this.#past().epoch(id, hash)
      if (bytes === undefined) return undefined
      this.giveBack(id)
      const past = this.#load(id, bytes)
      this.#lent.set(id, { document: past, cancel: this.#after(KEEP_MS, () => this.giveBack(id)) })
    }
    return use((this.#lent.get(id) as { document: Document }).document)
  }

  /**
   * The way of a document to another epoch; undefined where it begins in one that is forgotten.
   *
   * @param saved the present epoch, where it is not as the document has it
   */
  async passage(open: OpenDocument, route: Route, saved?: Uint8Array): Promise<Passage | undefined> {
    const { id, document } = open
    const own: Uint8Array[] = []
    for (const { hash } of [route.common, ...route.back]) {
      const bytes = saved ?? (hash === document.first ? document.save() : await this.#past().epoch(id, hash))
      if (bytes === undefined) return undefined
      own.push(bytes)
    }
    return new Passage({ id, type: typeOf(id), route, own, allows: mayEnd })
  }

  /** The changes of another copy of a document that it lacks, in its own epoch; undefined where the other's is forgotten. */
  async translated(open: OpenDocument, saved: Uint8Array): Promise<Uint8Array[] | undefined> {
    const { id, document } = open
    const theirs = this.#load(id, saved)
    try {
      if (theirs.first === document.first) return theirs.changesSince(knownOf(theirs, document))
      const lineage = await this.lineage(open)
      const at = lineage.findIndex(({ hash }) => hash === theirs.first)
      if (at < 0) return undefined
      const route = { common: lineage[at] as Epoch, back: [], forth: lineage.slice(at + 1) }
      return await this.#carried(open, theirs, route, saved)
    } finally {
      theirs.free()
    }
  }

  async #carried(
    open: OpenDocument,
    theirs: Document,
    route: Route,
    saved: Uint8Array,
  ): Promise<Uint8Array[] | undefined> {
    const passage = (await this.passage(open, route, saved)) as Passage
    try {
      for (let need = passage.need; need !== null; need = passage.need) {
        const clock = new Map(need.clock)
        const history = await this.read(open, need.epoch, (epoch) => historyFor(epoch, clock, ALL))
        if (history === undefined) return undefined
        passage.take(history)
      }
      const passed = await this.inSteps(passage.finish(theirs))
      const there = this.#load(open.id, passed.saved)
      try {
        return there.changesSince(knownOf(there, open.document))
      } finally {
        there.free()
      }
    } finally {
      passage.free()
    }
  }

  /** Does work in steps, between which others have their turns. */
  async inSteps<R>(steps: Generator<undefined, R>): Promise<R> {
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
      await new Promise<void>((resolve) => this.#after(0, resolve))
    }
  }

  giveBack(id: string): void {
    const lent = this.#lent.get(id)
    lent?.cancel()
    lent?.document.free()
    this.#lent.delete(id)
  }

  /** To read in. */
  #load(id: string, saved: Uint8Array): Document {
    return Document.load({ id, type: typeOf(id), actor: '00', limits: DOCUMENT_LIMITS }, [saved])
  }
}

const ALL = { changes: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

/** The newest changes of one document that the other has as well, as far as that is plain. */
function knownOf(one: Document, other: Document): string[] {
  return other.heads.filter((hash) => one.has(hash))
}
