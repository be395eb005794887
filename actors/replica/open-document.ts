/**
 * One document that is open on a thread: its replica, what replication says of it, who waits and who
 * watches.
 *
 *   edit ─► mirror at once ─┐
 *   decisions, merges ──────┼─► work, one turn: commit ─► replication ─► settle conflicts ─► what to send
 *   messages ─► inbox ──────┘
 */
import type { Change } from '../../protocols/replication/document.ts'
import type { ReplicationEffect, ReplicationEvent } from '../../protocols/replication/events.ts'
import { Replicator } from '../../protocols/replication/replicator.ts'
import { Conflicts } from './conflicts/conflicts.ts'
import type { ConflictRules } from './conflicts/rules.ts'
import type { Document } from './document/document.ts'
import type { ReplicaLimits } from './limits.ts'
import { replicaOf } from './replica-document.ts'
import { Waiters } from './waiters.ts'
import { Signal } from './watch.ts'

export interface Author {
  readonly author: string
  readonly message?: string
}

export interface OpenOptions {
  readonly random: () => number
  readonly limits: ReplicaLimits
  /** Given where this replica is the keeper. */
  readonly isStored?: (hash: string) => boolean
}

/** What came of a turn. */
export interface Worked {
  readonly effects: readonly ReplicationEffect[]
  /** Changes that were made here: of edits, and those that settle conflicts. */
  readonly own: readonly Change[]
}

export class OpenDocument<T = unknown> {
  readonly document: Document<T>
  readonly waiters: Waiters
  /** Tells that the state is another, once for all that a turn brought. */
  readonly changed = new Signal()
  /** Peers with whom nothing is exchanged any more, and why. */
  readonly refused = new Map<string, string>()
  /** Handles that its users have, and peers that have it from here. */
  observers = 0
  lastUsedMs: number
  /** Whether a turn that works on it is on its way. */
  scheduled = false
  /** When the next commit may be made at the earliest. */
  nextWorkMs = 0
  /** Why it is not open any more. */
  closed: string | undefined
  conflicts = new Conflicts()
  #rules: ConflictRules | undefined
  readonly #replicator: Replicator
  readonly #limits: ReplicaLimits
  #inbox: ReplicationEvent[] = []
  /** Made here, and not yet told to anybody. */
  #adopted: Change[] = []

  constructor(document: Document<T>, options: OpenOptions, nowMs: number) {
    this.document = document
    this.#limits = options.limits
    this.waiters = new Waiters(document.id)
    this.lastUsedMs = nowMs
    this.#replicator = new Replicator({
      document: document.id,
      replica: replicaOf(document, options.isStored === undefined),
      random: options.random,
      isStored: options.isStored,
    })
    document.onPatches((patches, origin) => {
      if (origin === 'remote') this.conflicts.note(document.handle, patches)
    })
  }

  get id(): string {
    return this.document.id
  }

  /** When time alone makes something due. */
  get dueMs(): number {
    return this.#replicator.dueMs
  }

  /** From now on conflicts are settled by these rules, unless there are some already. Throws InvalidOptionError. */
  follow(rules: ConflictRules): void {
    const conflicts = new Conflicts(rules)
    if (this.#rules !== undefined) return
    this.#rules = rules
    this.conflicts = conflicts
  }

  /** Puts an event to those that the next turn takes. */
  put(event: ReplicationEvent): void {
    this.#inbox.push(event)
  }

  /**
   * Takes in a change that was made on a fork and not by an edit; the next turn tells it to all. False where
   * it is there already.
   */
  adopt({ hash, bytes }: Change): boolean {
    if (this.document.has(hash)) return false
    this.document.applyOwn(bytes)
    this.#adopted.push({ hash, bytes })
    return true
  }

  /** The next turn tells these changes, which the document has, to all. */
  announce(changes: readonly Change[]): void {
    for (const { hash, bytes } of changes) this.#adopted.push({ hash, bytes })
  }

  /** Makes one change of the edits so far, so that they are part of the document's history. */
  commit(wallMs: number): void {
    const change = this.document.commit(wallMs)
    this.waiters.committed(change?.hash)
    if (change !== null) this.#adopted.push(change)
  }

  /**
   * Commits what was edited and takes in what has come, all at once.
   *
   * @param tell whether another replica is the keeper and is to tell what it has stored
   */
  work(tell: boolean, nowMs: number, wallMs: number): Worked {
    if (this.#inbox.length > 0 || this.waiters.unkept < this.#limits.unkeptCommits) this.commit(wallMs)
    const own = this.#takeAdopted()
    const events = this.#inbox
    this.#inbox = []
    const first = this.#replicator.step([...committed(own, tell), ...orTick(events)], nowMs)
    const settling = this.#settle()
    if (settling.length === 0) return { effects: first, own }
    const second = this.#replicator.step(committed(settling, tell), nowMs)
    return { effects: [...first, ...second], own: [...own, ...settling] }
  }

  /** Settles what the rules settle: a settling may meet another's, which then is settled in turn. */
  #settle(): Change[] {
    if (this.#rules === undefined) return []
    for (let more = true; more; ) {
      const settled = this.conflicts.settle(this.document.handle)
      for (const resolution of settled.resolutions) this.adopt(resolution)
      more = settled.resolutions.length > 0
    }
    return this.#takeAdopted()
  }

  #takeAdopted(): Change[] {
    const adopted = this.#adopted
    this.#adopted = []
    return adopted
  }

  close(reason: string): void {
    if (this.closed !== undefined) return
    this.closed = reason
    this.waiters.close(reason)
    this.changed.emit()
    this.document.free()
  }
}

function committed(changes: readonly Change[], tell: boolean): ReplicationEvent[] {
  return changes.length === 0 ? [] : [{ kind: 'committed', changes, tell }]
}

function orTick(events: readonly ReplicationEvent[]): readonly ReplicationEvent[] {
  return events.length === 0 ? [{ kind: 'tick' }] : events
}
