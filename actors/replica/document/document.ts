/**
 * One replica of one document. Everything happens at once and on one thread: edits run on a copy in memory
 * and are pending until `commit` makes one change of them; changes of other replicas are looked at, applied
 * to a copy of the engine's state, and only then taken over.
 *
 *   edit ──► mirror ──► commit ──► change, for the other replicas
 *              ▲ ▲
 *              │ patches ◄── engine ◄─────────────┐
 *              │                       ▲          │
 *   receive ─► admission               backlog    where it is not plain what comes of a change
 *              └─ of this process ─────┘
 */
import { examine } from './admission/admit.ts'
import { Authors } from './authors.ts'
import { createSyncState, engine, type Handle, receiveSyncMessage, type SyncState } from './automerge.ts'
import type { Change, Received } from './change.ts'
import type { ChangeHeader } from './change-header.ts'
import { countOperations, type DataMap } from './data.ts'
import { draftOf } from './draft.ts'
import { Editor } from './editor.ts'
import { EngineState } from './engine-state.ts'
import { EditsPendingError, InvalidValueError, ReadOnlyError } from './errors.ts'
import { createGenesis } from './genesis.ts'
import { DOCUMENT_LIMITS, type DocumentLimits } from './limits.ts'
import { loadChunks } from './load.ts'
import { Mirror } from './mirror.ts'
import type { Step } from './node.ts'
import type { DocumentPatch, PatchListener, PatchOrigin } from './patch.ts'
import { enginePath, type Paths, shownPath } from './paths.ts'
import type { Progress } from './progress.ts'
import { read } from './read.ts'
import { nextSyncMessage, readSyncMessage } from './sync.ts'
import { takeByEngine, takeDirectly } from './taking.ts'
import { writePending } from './write.ts'

/**
 * What a process grows by with each further document, entry and so on, measured with 1,000 documents of 100 entries,
 * 30 of 10,000, and 8 of 10,000 changes.
 */
const BYTES = { document: 22 * 1024, entry: 360, operation: 60, change: 640 } as const

export interface DocumentOptions {
  id: string
  type: string
  /** Hexadecimal; never one that was used for this document before its state was lost. */
  actor: string
  limits?: DocumentLimits
}

export interface Edit {
  /** The path of who edits. */
  author: string
  /** What for. */
  message?: string
}

export class Document<T = unknown> implements Paths {
  readonly id: string
  readonly type: string
  readonly #limits: DocumentLimits
  #mirror: Mirror
  #editor: Editor
  readonly #authors = new Authors()
  readonly #listeners = new Set<PatchListener>()
  #engine: EngineState

  private constructor({ id, type, limits = DOCUMENT_LIMITS }: DocumentOptions, handle: Handle) {
    this.id = id
    this.type = type
    this.#limits = limits
    this.#engine = new EngineState(id, handle)
    this.#mirror = new Mirror(read(handle, '/') as DataMap)
    this.#editor = new Editor(this.#mirror, limits)
    handle.updateDiffCursor()
  }

  /** A new document. Throws InvalidValueError when `initial` can't be the shape of one. */
  static create<T>(options: DocumentOptions & { initial?: T }): Document<T> {
    const genesis = createGenesis(options.type, options.initial ?? {}, options.limits ?? DOCUMENT_LIMITS)
    const handle = genesis.clone(options.actor)
    genesis.free()
    return new Document(options, handle)
  }

  /** A document from what was kept of it. Throws DocumentDamagedError when that is not all and as it was. */
  static load<T>(options: DocumentOptions, chunks: readonly Uint8Array[]): Document<T> {
    return new Document(options, loadChunks(options.actor, options.id, chunks))
  }

  /**
   * Begins anew from other bytes, as the next epoch of the same document; what was pending is gone, and
   * listeners are told nothing.
   */
  restart(actor: string, saved: Uint8Array): void {
    this.#checkIdle('restart()')
    const handle = loadChunks(actor, this.id, [saved])
    this.#engine.free()
    this.#engine = new EngineState(this.id, handle)
    this.#mirror = new Mirror(read(handle, '/') as DataMap)
    this.#editor = new Editor(this.#mirror, this.#limits)
    this.#authors.take()
    handle.updateDiffCursor()
  }

  /** How often the document has begun anew; told by its first change. */
  get epoch(): number {
    void this.#engine.behind
    return this.#engine.epoch
  }

  /** The hash of the change that its epoch begins with; no other epoch of any document has the same. */
  get first(): string {
    return this.#engine.first
  }

  /** Who makes the changes here. */
  get actor(): string {
    return this.#engine.behind.getActorId()
  }

  /** The engine's state, for reading; what is pending is not in it. */
  get handle(): Handle {
    return this.#engine.handle
  }

  get heads(): readonly string[] {
    void this.#engine.behind
    return this.#engine.progress.heads
  }

  /** Of each actor the number of its last change. */
  get clock(): ReadonlyMap<string, number> {
    return this.#engine.progress.clock
  }

  get progress(): Progress {
    return this.#engine.progress
  }

  /** Live keys, elements and pieces of text. */
  get entries(): number {
    return this.#mirror.entries
  }

  /** Operations that a history of nothing but the present state would have. It takes a look at all of it. */
  countLiveOperations(): number {
    return countOperations(this.view() as unknown as DataMap)
  }

  /** Memory that it takes, roughly. */
  get bytes(): number {
    const { maxOp, changes } = this.#engine.progress
    return (
      BYTES.document + this.#mirror.entries * BYTES.entry + maxOp * BYTES.operation + changes * BYTES.change
    )
  }

  /** Operations of other replicas that are shown and that the engine has yet to take in. */
  get backlog(): number {
    return this.#engine.backlog.operations
  }

  /** Lets the engine take in all that is shown. Whatever needs it does so as well. */
  catchUp(): void {
    void this.#engine.handle
  }

  /** Edits of single places that have not been committed. */
  get pending(): number {
    return this.#editor.operations
  }

  /** See Paths. */
  shownPath(path: readonly Step[]): readonly Step[] | undefined {
    return shownPath(this.#mirror, path)
  }

  enginePath(path: readonly Step[]): readonly Step[] {
    return enginePath(this.#mirror, path)
  }

  /** The newest state, with what is pending; immutable, and the same object while nothing changes. */
  view(): Readonly<T> {
    this.#checkIdle('view()')
    return this.#mirror.view() as Readonly<T>
  }

  /**
   * Runs an edit at once, wholly or not at all: when it throws, the document is as it was before. Returns of how
   * many places it wrote. Throws what the edit throws, InvalidValueError and DocumentLimitError.
   */
  edit(edit: (draft: T) => void, { author, message }: Edit): number {
    this.#checkIdle('edit()')
    const editor = this.#editor
    const before = { operations: editor.operations, weight: { ...editor.weight } }
    if (this.#listeners.size > 0) editor.patches = []
    try {
      this.#mirror.edit(() => {
        editor.note(message)
        const result: unknown = edit(draftOf(editor, this.#mirror.root) as T)
        if (typeof result === 'object' && result !== null && 'then' in result)
          throw new InvalidValueError('an edit runs at once; await what it needs before, and not within it')
      })
    } catch (error) {
      editor.operations = before.operations
      Object.assign(editor.weight, before.weight)
      editor.patches = null
      throw error
    }
    const operations = editor.operations - before.operations
    if (operations > 0) this.#authors.add(author, message ?? null, operations)
    const { patches } = editor
    editor.patches = null
    if (patches !== null && patches.length > 0) this.#tell(patches, 'local')
    return operations
  }

  /** Makes one change of all that is pending; null when that came to nothing. */
  commit(nowMs: number): Change | null {
    this.#checkIdle('commit()')
    if (this.#editor.operations === 0) return null
    const { handle } = this.#engine
    return engine(() => {
      writePending(handle, this.#mirror.root)
      this.#mirror.settled()
      this.#editor.committed()
      return this.#engine.commit(this.#authors.take(), Math.floor(nowMs / 1_000))
    })
  }

  /**
   * Applies changes of other replicas, in whatever order they come; those that were made upon changes that are
   * not here are not kept. Throws RefusedChangeError, and has then applied none of them; EditsPendingError when
   * there is something to commit first; EngineLostError.
   *
   * `trusted` changes come from a replica of this process, which has looked at them. Where it is plain what comes of
   * them, they are shown at once and the engine takes them in later; they then also come to what has edits pending.
   */
  receive(changes: readonly Uint8Array[], { trusted = false } = {}): Received {
    this.#checkIdle('receive()')
    const { ready, known, missing } = examine(this.#engine.progress, this.#limits, changes)
    if (ready.length > 0) this.#take(ready, trusted)
    return { applied: ready, known, missing }
  }

  /** Applies a change that was made on a fork of this document, by this process. */
  applyOwn(bytes: Uint8Array): Received {
    return this.receive([bytes], { trusted: true })
  }

  /** The changes that are not among those that lead to `heads`; of heads that are not known nothing is left out. */
  changesSince(heads: readonly string[]): Uint8Array[] {
    return this.#engine.handle.getChanges([...heads])
  }

  has(hash: string): boolean {
    void this.#engine.behind
    return this.#engine.progress.has(hash)
  }

  changeByHash(hash: string): Uint8Array | undefined {
    return this.#engine.changeByHash(hash)
  }

  /** Those of the changes that are part of the document. */
  changesByHash(hashes: readonly string[]): { hash: string; bytes: Uint8Array }[] {
    return hashes.flatMap((hash) => {
      const bytes = this.changeByHash(hash)
      return bytes === undefined ? [] : [{ hash, bytes }]
    })
  }

  /** For one peer; of an earlier state of it only that is kept which both surely have. */
  newSync(previous?: SyncState): SyncState {
    return createSyncState(previous)
  }

  /** What to send to a peer next so that it comes level; null when there is nothing to say. */
  generateSync(state: SyncState): Uint8Array | null {
    return engine(() => nextSyncMessage(this.#engine.handle, state, this.#limits))
  }

  /** Takes a peer's message. What is in it is received as by `receive`, which see. */
  receiveSync(state: SyncState, bytes: Uint8Array, options: { trusted?: boolean } = {}): Received {
    return engine(() => {
      const message = readSyncMessage(bytes, this.#limits)
      const received = this.receive(message.changes, options)
      receiveSyncMessage(this.#engine.handle, state, message)
      return received
    })
  }

  /** The document as bytes, with its history, checked; what is pending is not in it. */
  save(): Uint8Array {
    return this.#engine.save()
  }

  /** Calls the listener with what changes from now on, at once; a listener must not edit. */
  onPatches(listener: PatchListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Gives back the engine's memory; views stay readable, and all else throws DocumentClosedError. */
  free(): void {
    this.#engine.free()
  }

  #take(changes: readonly ChangeHeader[], trusted: boolean): void {
    const told: DocumentPatch[] | null = this.#listeners.size > 0 ? [] : null
    const taking = { state: this.#engine, mirror: this.#mirror, changes, told }
    if (!(trusted && takeDirectly(taking))) {
      if (this.#editor.operations > 0)
        throw new EditsPendingError('commit what is pending before changes of others are applied')
      takeByEngine(taking, trusted, this.#limits)
    }
    if (told !== null && told.length > 0) this.#tell(told, 'remote')
  }

  #tell(patches: readonly DocumentPatch[], origin: PatchOrigin): void {
    for (const listener of this.#listeners) listener(patches, origin)
  }

  #checkIdle(what: string): void {
    if (this.#mirror.editing) throw new ReadOnlyError(`${what} can't be called within an edit`)
    void this.#engine.behind
  }
}
