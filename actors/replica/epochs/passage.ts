/**
 * The way of one replica from the epoch that it is in to another one: over the epoch that both have in common.
 *
 *   own      common ◄── 1b ◄── 2b           its changes are brought back, epoch by epoch
 *              │
 *   stages   common ──► 1a ──► 2a           each is made here, of the version that the next one begins with
 *
 * Of an epoch that another replica has told, nothing is believed but which version it begins with: all changes of
 * that version are looked at like all others, and the epoch is made of them by this replica. So an epoch takes
 * nothing away that anybody has written, whoever began it.
 */
import type { Epoch, Route } from '../../../protocols/replication/epochs/lineage.ts'
import { Document } from '../document/document.ts'
import { RefusedChangeError } from '../document/errors.ts'
import { DOCUMENT_LIMITS } from '../document/limits.ts'
import { Crossing } from './crossing.ts'
import { ForeignEpochError } from './errors.ts'

export interface PassageOptions {
  readonly id: string
  readonly type: string
  readonly route: Route
  /** Of the common epoch and of each of the own ones after it all that there is, oldest first. */
  readonly own: readonly Uint8Array[]
  /** Whether the version is one with which an epoch may begin. */
  allows(crossing: Crossing): boolean
}

/** Which changes are missing: those of an epoch whose version the next one begins with. */
export interface Need {
  readonly epoch: string
  /** Of each actor the number of its last change that is here. */
  readonly clock: readonly (readonly [string, number])[]
}

export interface Passed {
  /** The epoch to go on in. */
  readonly saved: Uint8Array
  /** The epochs that it came after, from the common one on. */
  readonly past: readonly { readonly hash: string; readonly bytes: Uint8Array }[]
  /** Changes that could not be brought over. */
  readonly refused: number
}

/** Nobody writes in these documents. */
const READER = '00'
/** Changes that are brought over in one step, of some milliseconds each. */
const STEP_CHANGES = 16

export class Passage {
  readonly #options: PassageOptions
  readonly #own: readonly Document[]
  readonly #stages: Document[]
  readonly #crossings: Crossing[] = []
  #refused = 0
  #finishing = false
  #abandoned = false

  constructor(options: PassageOptions) {
    this.#options = options
    this.#own = options.own.map((saved) => this.#load(saved))
    this.#stages = [this.#own[0] as Document]
    this.#advance()
  }

  /** The epoch that it leads to. */
  get target(): Epoch {
    return this.#options.route.forth.at(-1) as Epoch
  }

  get route(): Route {
    return this.#options.route
  }

  /** What has to be there first; null when all is. */
  get need(): Need | null {
    const stage = this.#stage
    return this.#next === undefined ? null : { epoch: stage.first, clock: [...stage.clock] }
  }

  /**
   * Takes in what a replica has of the epoch whose changes are missing; gives how many of them are new. Throws
   * RefusedChangeError, and ForeignEpochError where the next epoch is not what was told.
   */
  take(changes: readonly Uint8Array[]): number {
    const { applied } = this.#stage.receive(changes)
    if (applied.length > 0) this.#advance()
    return applied.length
  }

  /**
   * Brings everything over that the document has, which is in the last of the own epochs and does not change
   * meanwhile. There may be seconds of work, so that it is done in steps.
   */
  *finish(document: Document): Generator<undefined, Passed> {
    this.#finishing = true
    try {
      return yield* this.#finish(document)
    } finally {
      this.#finishing = false
      if (this.#abandoned) this.free()
    }
  }

  *#finish(document: Document): Generator<undefined, Passed> {
    const last = this.#own.at(-1) as Document
    yield* this.#bring(last, document.changesSince(last.heads))
    for (let at = this.#own.length - 1; at > 0; at--) {
      const [before, after] = [this.#own[at - 1], this.#own[at]] as [Document, Document]
      const { heads } = this.#options.route.back[at - 1] as Epoch
      yield* this.#bring(before, new Crossing(before, heads).back(after, before))
    }
    for (const [at, crossing] of this.#crossings.entries()) {
      const [before, after] = [this.#stages[at], this.#stages[at + 1]] as [Document, Document]
      yield* this.#bring(after, crossing.forth(before, after))
    }
    const past = this.#stages.slice(0, -1).map((stage) => ({ hash: stage.first, bytes: stage.save() }))
    return { saved: this.#stage.save(), past, refused: this.#refused }
  }

  /** Nothing more is asked of it; what it is about to do it still ends. */
  free(): void {
    this.#abandoned = true
    if (this.#finishing) return
    for (const document of new Set([...this.#own, ...this.#stages])) document.free()
  }

  get #stage(): Document {
    return this.#stages.at(-1) as Document
  }

  get #next(): Epoch | undefined {
    return this.#options.route.forth[this.#crossings.length]
  }

  /** Makes the next epochs, as far as their versions are here. */
  #advance(): void {
    for (let next = this.#next; next !== undefined; next = this.#next) {
      const stage = this.#stage
      if (!next.heads.every((hash) => stage.has(hash))) return
      const crossing = new Crossing(stage, next.heads)
      if (crossing.hash !== next.hash)
        throw new ForeignEpochError(
          `epoch ${next.number} of ${this.#options.id} is not what its version comes to; run the same release on all nodes`,
        )
      if (!this.#options.allows(crossing))
        throw new ForeignEpochError(
          `epoch ${next.number} of ${this.#options.id} began although its version had hardly any past`,
        )
      this.#crossings.push(crossing)
      this.#stages.push(this.#load(crossing.saved))
    }
  }

  *#bring(document: Document, changes: Iterable<Uint8Array | undefined>): Generator<undefined, void> {
    let step: Uint8Array[] = []
    let left = STEP_CHANGES
    for (const change of changes) {
      if (change !== undefined) step.push(change)
      if (--left > 0) continue
      this.#receive(document, step)
      step = []
      left = STEP_CHANGES
      yield
    }
    this.#receive(document, step)
    yield
  }

  /** Where one change is refused, which no sound replica has made, all others are brought over. */
  #receive(document: Document, changes: readonly Uint8Array[]): void {
    if (changes.length === 0) return
    try {
      document.receive(changes)
    } catch (error) {
      if (!(error instanceof RefusedChangeError)) throw error
      if (changes.length === 1) this.#refused++
      const half = changes.length >> 1
      if (half > 0)
        for (const part of [changes.slice(0, half), changes.slice(half)]) this.#receive(document, part)
    }
  }

  #load(saved: Uint8Array): Document {
    const { id, type } = this.#options
    return Document.load({ id, type, actor: READER, limits: DOCUMENT_LIMITS }, [saved])
  }
}

/** The changes that somebody lacks who has come so far, in their order, as many as go into one message. */
export function historyFor(
  document: Document,
  clock: ReadonlyMap<string, number>,
  limits: { readonly changes: number; readonly bytes: number },
): Uint8Array[] {
  const history: Uint8Array[] = []
  let room = limits.bytes
  for (const { actor, seq, hash } of document.handle.getChangesMeta([])) {
    if (seq <= (clock.get(actor) ?? 0)) continue
    const bytes = document.changeByHash(hash) as Uint8Array
    room -= bytes.byteLength
    if (history.length === limits.changes || (room < 0 && history.length > 0)) break
    history.push(bytes)
  }
  return history
}
