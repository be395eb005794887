/**
 * A document as its users have it: a typed handle on the replica of their thread.
 */
import type { Conflict } from './conflicts/conflict.ts'
import type { ConflictList, ListOptions } from './conflicts/conflicts.ts'
import type { Choice } from './conflicts/decision.ts'
import { decodeChange } from './document/automerge.ts'
import { DocumentClosedError } from './errors.ts'
import type { OpenDocument } from './open-document.ts'
import { type PatchBatch, patchFeed } from './patch-feed.ts'
import type { DocumentTable } from './table.ts'
import { at } from './versions/at.ts'
import { changesToMerge } from './versions/branch.ts'
import { type Diff, type DiffOptions, diff } from './versions/diff.ts'
import { type HistoryOptions, type HistoryPage, history } from './versions/history.ts'
import { restore } from './versions/restore.ts'
import { currentVersion, type Version } from './versions/version.ts'
import { newest } from './watch.ts'

/** What a handle needs beside the replica of its thread. */
export interface HandleParts {
  readonly table: DocumentTable
  /** The path of who edits. */
  readonly author: string
  /** Makes another document of what this one is at present, and opens it. */
  branch<T extends object>(name: string, saved: Uint8Array): Promise<SharedDocument<T>>
}

export class SharedDocument<T extends object = Record<string, unknown>> {
  readonly id: string
  readonly #parts: HandleParts
  readonly #open: OpenDocument<T>
  #closed = false

  /** Made by `documents(scope).open`. */
  constructor(open: OpenDocument, parts: HandleParts) {
    this.id = open.id
    this.#parts = parts
    this.#open = open as OpenDocument<T>
    this.#open.observers++
  }

  /** The newest state on this thread, own edits included. It does not change: the next state is another object. */
  view(): Readonly<T> {
    return this.#checked().document.view()
  }

  /**
   * Runs `edit` at once on a draft; when it throws, nothing has changed and the promise rejects with what it
   * threw. Resolves once the node's keeper has stored it; the edit is there meanwhile, also for others.
   *
   * Rejects with InvalidValueError, DocumentLimitError, NotKeptError or DocumentClosedError.
   *
   * @param message what the edit is for, for the history
   */
  change(edit: (draft: T) => void, message?: string): Promise<void> {
    const { table, author } = this.#parts
    try {
      return table.edit(this.#checked(), edit, { author, message })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** The present state, and then always the newest: whoever is slow skips. Ends when the document is closed. */
  watch(): AsyncGenerator<Readonly<T>> {
    const open = this.#checked()
    return newest(
      () => open.document.view(),
      open.changed,
      () => this.#isOver(open),
    )
  }

  /**
   * The state, and then what changes in it. A reader for whom too much waits gets the state again instead, so
   * that nothing piles up. Ends when the document is closed.
   */
  patches(): AsyncGenerator<PatchBatch<T>> {
    const open = this.#checked()
    const { document, changed } = open
    const { waitingPatches } = this.#parts.table.limits
    const source = { document, changed, epochs: () => open.restarts }
    return patchFeed(source, () => this.#isOver(open), waitingPatches)
  }

  /** The present version, with all edits so far. It is plain data and means the same on every replica. */
  version(): Version {
    return currentVersion(this.#committed().handle)
  }

  /** Who changed what for, the newest first, in pages. */
  history(options?: HistoryOptions): HistoryPage {
    return history(this.#committed().handle, options)
  }

  /** The state at a version. Throws UnknownVersionError. */
  at(version: Version): Readonly<T> {
    return at(this.#committed().handle, version) as Readonly<T>
  }

  /** What is different in `to`, by default the present version. Throws UnknownVersionError. */
  diff(from: Version, to: Version = this.version(), options?: DiffOptions): Diff {
    return diff(this.#committed().handle, from, to, options)
  }

  /** A document of its own that begins as this one is, under another name; `merge` brings it back. */
  branch(name: string): Promise<SharedDocument<T>> {
    return this.#parts.branch<T>(name, this.#committed().save())
  }

  /** Takes in all that was done in a branch of this document, or in the one that this is a branch of. */
  async merge(other: SharedDocument<T>): Promise<void> {
    await this.#parts.table.unsealed(this.#checked())
    const theirs = other.#committed().handle
    const { handle } = this.#committed()
    await this.#adopt(changesToMerge(handle, theirs))
  }

  /** Makes the state what it was at a version, as an edit: nothing of the history is lost. */
  async restore(version: Version, message?: string): Promise<void> {
    const { table, author } = this.#parts
    await table.unsealed(this.#checked())
    const change = restore(this.#committed().handle, version, { author, message, nowMs: table.wall() })
    if (change !== null) await this.#adopt([change])
  }

  /** Where several wrote at the same time, and no rule has settled it. */
  conflicts(options?: ListOptions): ConflictList {
    const { handle } = this.#committed()
    return this.#open.conflicts.list(handle, options)
  }

  /**
   * Decides a conflict: for one of its values, or for another. Decisions that are made at once on two replicas
   * leave one of them, on all the same.
   *
   * Rejects with ConflictGoneError where somebody has written or decided meanwhile.
   */
  async resolve(conflict: Conflict, choice: Choice, message?: string): Promise<void> {
    const { table, author } = this.#parts
    await table.unsealed(this.#checked())
    const by = { author, message, nowMs: table.wall() }
    const { handle } = this.#committed()
    await table.adopt(this.#open, [this.#open.conflicts.decide(handle, conflict, choice, by)])
  }

  /** Replicas from which nothing more is taken because of what they sent, and why. */
  refusedPeers(): ReadonlyMap<string, string> {
    return this.#checked().refused
  }

  /** Lets go of the document; it is unloaded some time after its last user has closed it. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#open.observers--
    this.#open.changed.emit()
  }

  async #adopt(changes: readonly Uint8Array[]): Promise<void> {
    const named = changes.map((bytes) => ({ bytes, hash: decodeChange(bytes).hash }))
    await this.#parts.table.adopt(this.#open, named)
  }

  /** The document with all edits in its history. */
  #committed() {
    const open = this.#checked()
    this.#parts.table.commit(open)
    return open.document
  }

  #isOver(open: OpenDocument<T>): boolean {
    return this.#closed || open.closed !== undefined
  }

  #checked(): OpenDocument<T> {
    const reason = this.#closed ? 'it was closed; open it again' : this.#open.closed
    if (reason !== undefined) throw new DocumentClosedError(`${this.id}: ${reason}`)
    return this.#open
  }
}
