/**
 * The documents that are open on one thread. The replica actor drives it; handles of users reach it by
 * calls, since they are on the same thread.
 */
import type { Change } from '../../protocols/replication/document.ts'
import type { ReplicationEffect } from '../../protocols/replication/events.ts'
import type { Message } from '../../protocols/replication/messages.ts'
import type { Document } from './document/document.ts'
import { EngineLostError } from './document/errors.ts'
import { MemoryBudgetError } from './errors.ts'
import type { ReplicaLimits } from './limits.ts'
import { type Author, OpenDocument } from './open-document.ts'
import { typeOf } from './types.ts'

/** What the table needs of the actor around it. */
export interface TableShell {
  readonly limits: ReplicaLimits
  now(): number
  wall(): number
  random(): number
  /** Lets the actor take a turn for the document. */
  wake(id: string): void
  after(ms: number, run: () => void): () => void
  send(peer: string, id: string, message: Message): void
  quarantined(peer: string, id: string, reason: string, explanation: string): void
  /** Opens the document's replica: from storage, from the keeper, or new. */
  load(id: string, genesis: () => Uint8Array): Promise<Document>
  /** The document is open; those who are to exchange changes with it can be told. */
  opened(open: OpenDocument): void
  /** Present where this is the keeper. */
  readonly keeper?: {
    isStored(id: string, hash: string): boolean
    store(document: Document, changes: readonly Change[]): void
    flush(document: Document): Promise<void>
  }
  /** The engine of this thread broke down, so that none of its documents can be used any more. */
  engineLost(error: EngineLostError): void
  /** A document's turn is over. */
  worked(open: OpenDocument): void
  /** The document is unloaded here. */
  unloaded(id: string): void
}

/** Milliseconds between two looks at what is not used any more. */
const SWEEP_MS = 1_000
const MEGABYTE = 1024 * 1024
/** Milliseconds after which the engine takes in what is shown; whoever edits has it do so before. */
const CATCH_UP_MS = 1_000
/** Operations that it does not wait for longer. */
const MUCH_BACKLOG = 250

export class DocumentTable {
  readonly #shell: TableShell
  readonly #open = new Map<string, OpenDocument>()
  readonly #opening = new Map<string, Promise<OpenDocument>>()
  readonly #ticks = new Map<string, { atMs: number; cancel: () => void }>()
  #lastSession = 0

  constructor(shell: TableShell) {
    this.#shell = shell
    const sweep = () => {
      this.#sweep()
      shell.after(SWEEP_MS, sweep)
    }
    shell.after(SWEEP_MS, sweep)
  }

  get limits(): ReplicaLimits {
    return this.#shell.limits
  }

  get(id: string): OpenDocument | undefined {
    return this.#open.get(id)
  }

  all(): Iterable<OpenDocument> {
    return this.#open.values()
  }

  /** Bytes that the open documents take, as far as it can be told. */
  get bytes(): number {
    let sum = 0
    for (const { document } of this.#open.values()) sum += document.bytes
    return sum
  }

  /**
   * The document, opened if it is not; whoever opens it at the same time gets the same.
   *
   * @param genesis what it begins with if it is nowhere yet
   */
  open(id: string, genesis: () => Uint8Array): Promise<OpenDocument> {
    typeOf(id)
    const open = this.#open.get(id)
    if (open !== undefined) return Promise.resolve(open)
    let opening = this.#opening.get(id)
    if (opening === undefined) {
      opening = this.#load(id, genesis).finally(() => this.#opening.delete(id))
      this.#opening.set(id, opening)
    }
    return opening
  }

  async #load(id: string, genesis: () => Uint8Array): Promise<OpenDocument> {
    this.#makeRoom(id)
    const document = await this.#shell.load(id, genesis).catch((error) => this.#failed(error))
    const { keeper, limits } = this.#shell
    const options = {
      limits,
      random: () => this.#shell.random(),
      isStored: keeper === undefined ? undefined : (hash: string) => keeper.isStored(id, hash),
    }
    const open = new OpenDocument(document, options, this.#shell.now())
    this.#open.set(id, open)
    this.#shell.opened(open)
    return open
  }

  /** Runs an edit now; the promise is fulfilled once the keeper has stored it. */
  edit<T>(open: OpenDocument<T>, edit: (draft: T) => void, by: Author): Promise<void> {
    const operations = this.#sound(() => open.document.edit(edit, by))
    open.lastUsedMs = this.#shell.now()
    if (operations === 0) return Promise.resolve()
    const kept = open.waiters.next(open.lastUsedMs)
    this.schedule(open)
    return kept
  }

  /** Takes in changes that were made on a fork; the promise is fulfilled once the keeper has stored them. */
  async adopt(open: OpenDocument, changes: readonly Change[]): Promise<void> {
    open.lastUsedMs = this.#shell.now()
    const news = this.#sound(() => changes.filter((change) => open.adopt(change)))
    if (news.length === 0) return
    open.changed.emit()
    const kept = news.map(({ hash }) => open.waiters.of(hash, open.lastUsedMs))
    this.schedule(open)
    await Promise.all(kept)
  }

  /** Takes in changes from outside of replication, as those of a peer; they go on to all peers. */
  async receive(open: OpenDocument, changes: readonly Uint8Array[]): Promise<void> {
    const { applied } = this.#sound(() => open.document.receive(changes))
    open.announce(applied)
    open.lastUsedMs = this.#shell.now()
    if (applied.length === 0) return
    const kept = applied.map(({ hash }) => open.waiters.of(hash, open.lastUsedMs))
    this.schedule(open)
    await Promise.all(kept)
  }

  /** Commits the edits so far, so that versions have them. */
  commit(open: OpenDocument): void {
    if (open.document.pending === 0 || open.sealed) return
    this.#sound(() => open.commit(this.#shell.wall()))
    this.schedule(open)
  }

  /** Milliseconds since the epoch. */
  wall(): number {
    return this.#shell.wall()
  }

  /** Goes over to the next epoch, which begins with these bytes. */
  restart(open: OpenDocument, actor: string, saved: Uint8Array): void {
    this.#sound(() => open.restart(actor, saved, this.#shell.wall()))
    this.schedule(open)
  }

  /** Makes changes of all edits so far, tells them, and keeps back those that follow. */
  seal(open: OpenDocument): void {
    this.commit(open)
    open.seal()
    this.work(open.id)
  }

  unseal(open: OpenDocument): void {
    open.unseal()
    this.schedule(open)
  }

  /** Resolves when the document is not between two epochs, so that a change can be made on a fork of it. */
  async unsealed(open: OpenDocument): Promise<void> {
    while (open.sealed && open.closed === undefined)
      await new Promise<void>((resolve) => {
        const end = open.unsealed.on(() => {
          end()
          resolve()
        })
      })
  }

  /** Lets the document have a turn: soon, or after the pause that its last commit has earned. */
  schedule(open: OpenDocument): void {
    if (open.scheduled || open.closed !== undefined) return
    open.scheduled = true
    const pauseMs = open.nextWorkMs - this.#shell.now()
    if (pauseMs <= 0) this.#shell.wake(open.id)
    else this.#shell.after(pauseMs, () => this.work(open.id))
  }

  /** A peer said something; it is taken in with all else that comes before the next turn. */
  deliver(open: OpenDocument, peer: string, message: unknown): void {
    if (!isOf(open, message)) return
    open.put({ kind: 'message', peer, message })
    this.schedule(open)
  }

  up(open: OpenDocument, peer: string): void {
    // A session is never used twice, also by a table that came after this one and knows nothing of it.
    this.#lastSession = Math.max(this.#lastSession + 1, Math.floor(this.#shell.wall()))
    open.refused.delete(peer)
    open.put({ kind: 'up', peer, session: this.#lastSession })
    this.schedule(open)
  }

  down(open: OpenDocument, peer: string): void {
    open.lastUsedMs = this.#shell.now()
    open.put({ kind: 'down', peer })
    this.schedule(open)
  }

  /** The keeper has stored these changes. */
  stored(open: OpenDocument, hashes: readonly string[]): void {
    open.waiters.kept(hashes)
    open.put({ kind: 'stored', hashes })
    this.schedule(open)
  }

  /** A document's turn: everything that waits is committed, taken in, sent and told. */
  work(id: string): void {
    const open = this.#open.get(id)
    if (open === undefined) return
    open.scheduled = false
    const began = this.#shell.now()
    const { keeper, limits } = this.#shell
    const { effects, own } = this.#sound(() => open.work(keeper === undefined, began, this.#shell.wall()))
    const applied = [...own, ...this.#run(open, effects)]
    if (applied.length > 0) {
      keeper?.store(open.document, applied)
      open.changed.emit()
    }
    const ended = this.#shell.now()
    open.nextWorkMs = ended + Math.min(ended - began, limits.commitPauseMs)
    const mayCommit = open.document.pending > 0 && open.waiters.unkept < limits.unkeptCommits
    if (!open.sealed && (open.busy || mayCommit)) this.schedule(open)
    this.#armTick(open)
    this.#armCatchUp(open)
    this.#shell.worked(open)
  }

  /** Runs what uses the engine. */
  #sound<R>(run: () => R): R {
    try {
      return run()
    } catch (error) {
      return this.#failed(error)
    }
  }

  #failed(error: unknown): never {
    if (error instanceof EngineLostError) this.#shell.engineLost(error)
    throw error
  }

  #run(open: OpenDocument, effects: readonly ReplicationEffect[]): Change[] {
    const applied: Change[] = []
    for (const effect of effects)
      switch (effect.kind) {
        case 'send':
          this.#shell.send(effect.peer, open.id, effect.message)
          break
        case 'applied':
          applied.push(...effect.changes)
          break
        case 'kept':
          open.waiters.kept(effect.hashes)
          break
        case 'untracked':
          break
        case 'refused':
          open.refused.set(effect.peer, effect.explanation)
          this.#shell.quarantined(effect.peer, open.id, effect.reason, effect.explanation)
      }
    return applied
  }

  #armTick(open: OpenDocument): void {
    const { dueMs } = open
    const tick = this.#ticks.get(open.id)
    if (tick !== undefined && tick.atMs <= dueMs) return
    tick?.cancel()
    this.#ticks.delete(open.id)
    if (dueMs === Number.POSITIVE_INFINITY) return
    const cancel = this.#shell.after(Math.max(0, dueMs - this.#shell.now()), () => {
      this.#ticks.delete(open.id)
      this.work(open.id)
    })
    this.#ticks.set(open.id, { atMs: dueMs, cancel })
  }

  /** Lets the engine take in what is shown, in a turn of its own: once there is much, or after some time. */
  #armCatchUp(open: OpenDocument): void {
    const { backlog } = open.document
    const isMuch = backlog >= MUCH_BACKLOG
    if (backlog === 0 || (open.catchingUp && !isMuch)) return
    open.catchingUp = true
    this.#shell.after(isMuch ? 0 : CATCH_UP_MS, () => {
      open.catchingUp = false
      if (open.closed === undefined) this.#sound(() => open.document.catchUp())
    })
  }

  /** Rejects what waits too long, and unloads what nobody uses. */
  #sweep(): void {
    const now = this.#shell.now()
    const { keepMs, unloadMs } = this.#shell.limits
    for (const open of this.#open.values()) {
      open.waiters.expire(now - keepMs)
      if (this.#isIdle(open) && now - open.lastUsedMs >= unloadMs) void this.unload(open)
    }
  }

  #isIdle(open: OpenDocument): boolean {
    return open.observers === 0 && open.document.pending === 0 && open.waiters.unkept === 0
  }

  /** Unloads unused documents, the least recently used first, until the budget holds. */
  #makeRoom(id: string): void {
    const budget = this.#shell.limits.memoryMb * MEGABYTE
    const idle = [...this.#open.values()].filter((open) => this.#isIdle(open))
    idle.sort((a, b) => a.lastUsedMs - b.lastUsedMs)
    let bytes = this.bytes
    for (const open of idle) {
      if (bytes < budget) return
      bytes -= open.document.bytes
      void this.unload(open)
    }
    if (bytes >= budget)
      throw new MemoryBudgetError(
        `${id} can't be opened: the documents in use on this thread take ${Math.round(bytes / MEGABYTE)} MB of ${this.#shell.limits.memoryMb}; close some, or raise limits.memoryMb`,
      )
  }

  /** Stores what is not stored, and forgets the document unless it is used again meanwhile. */
  async unload(open: OpenDocument): Promise<void> {
    const used = open.lastUsedMs
    await this.#shell.keeper?.flush(open.document)
    if (!this.#isIdle(open) || open.lastUsedMs !== used || open.closed !== undefined) return
    this.#forget(open, 'it was unloaded because nobody used it')
    this.#shell.unloaded(open.id)
  }

  close(reason: string): void {
    for (const open of [...this.#open.values()]) this.#forget(open, reason)
  }

  #forget(open: OpenDocument, reason: string): void {
    this.#open.delete(open.id)
    this.#ticks.get(open.id)?.cancel()
    this.#ticks.delete(open.id)
    open.close(reason)
  }
}

/** A message of the epoch before, which was on its way when the document began anew, says nothing any more. */
function isOf(open: OpenDocument, message: unknown): boolean {
  const name = (message as { document?: unknown } | null)?.document
  return typeof name !== 'string' || name === open.name || !name.startsWith(`${open.id}#`)
}
