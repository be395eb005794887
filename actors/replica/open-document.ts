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
import { applyEdits } from './versions/apply.ts'
import { diff } from './versions/diff.ts'
import { history } from './versions/history.ts'
import { currentVersion } from './versions/version.ts'
import { Waiters } from './waiters.ts'
import { Signal } from './watch.ts'

/** Operations in a document from which on the engine takes some milliseconds to take in what is shown. */
const MANY_OPERATIONS = 4_000

/** Edits that wait while a new epoch begins are those of some milliseconds. */
const MAX_EDITS = 100_000

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

/** What a replica tells of a document that it has sealed. */
export interface SealReport {
  readonly heads: readonly string[]
  /** Conflicts that its rules have not settled, one at most; null where it has no rules. */
  readonly conflicts: number | null
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
  conflicts: Conflicts
  #rules: ConflictRules | undefined
  /** While all replicas agree to begin a new epoch, edits are kept back from becoming changes. */
  sealed = false
  readonly unsealed = new Signal()
  /** While a new epoch is stored, nothing that comes is taken in, as it would not be a part of that. */
  still = false
  /** Operations in its history up to which it was found to be mostly present; 0 where nobody looked yet. */
  largeHistory = 0
  /** Counts the times that the document began anew. */
  restarts = 0
  /** Peers of other processes, whose changes are looked at more closely. */
  strangers = 0
  #replicator: Replicator
  readonly #options: OpenOptions
  readonly #limits: ReplicaLimits
  #inbox: ReplicationEvent[] = []
  /** Made here, and not yet told to anybody. */
  #adopted: Change[] = []
  /** Whose turn it was last, where what comes and what was edited take turns. */
  #wasTurnOfInbox = false
  /** The time of the turn. */
  #wallMs = 0
  /** Whether the engine is to take in what is shown after some time. */
  catchingUp = false

  constructor(document: Document<T>, options: OpenOptions, nowMs: number) {
    this.document = document
    this.#limits = options.limits
    this.#options = options
    this.waiters = new Waiters(document.id)
    this.conflicts = new Conflicts(undefined, document)
    this.lastUsedMs = nowMs
    this.#replicator = this.#newReplicator()
    document.onPatches((patches, origin) => {
      if (origin === 'remote') this.conflicts.note(() => document.handle, patches)
    })
  }

  get id(): string {
    return this.document.id
  }

  /** When time alone makes something due. */
  get dueMs(): number {
    return this.#replicator.dueMs
  }

  /** By what name replication knows the document: each epoch is another. */
  get name(): string {
    const { epoch, first } = this.document
    return epoch === 0 ? `${this.id}#0` : `${this.id}#${epoch}-${first.slice(0, 16)}`
  }

  /** Something waits for the next turn. */
  get busy(): boolean {
    return this.#inbox.length > 0 || this.#adopted.length > 0
  }

  /** From now on conflicts are settled by these rules, unless there are some already. Throws InvalidOptionError. */
  follow(rules: ConflictRules): void {
    const conflicts = new Conflicts(rules, this.document)
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
   * Commits what was edited and takes in what has come: all at once, or, where that would take long, in turns.
   *
   * @param tell whether another replica is the keeper and is to tell what it has stored
   */
  work(tell: boolean, nowMs: number, wallMs: number): Worked {
    this.#wallMs = wallMs
    const turn = this.#whoseTurn()
    if (turn === 'edits' || turn === 'both') this.commit(wallMs)
    const own = this.#takeAdopted()
    const events = turn === 'inbox' || turn === 'both' ? this.#inbox : []
    if (events === this.#inbox) this.#inbox = []
    const first = this.#replicator.step([...committed(own, tell), ...orTick(events)], nowMs)
    const settling = [...this.#settle(), ...this.#takeAdopted()]
    if (settling.length === 0) return { effects: first, own }
    const second = this.#replicator.step(committed(settling, tell), nowMs)
    return { effects: [...first, ...second], own: [...own, ...settling] }
  }

  /**
   * What was edited is a change before changes of others come. While the document is sealed it is neither,
   * and the latter wait. What the engine needs long for is not done in one turn with what has come, which is shown
   * before.
   */
  #whoseTurn(): 'edits' | 'inbox' | 'both' | 'none' {
    const { pending, backlog, progress } = this.document
    if (this.still) return 'none'
    if (this.sealed) return pending > 0 ? 'none' : 'inbox'
    if (pending === 0) return 'inbox'
    const isSlow = backlog > 0 && this.#inbox.length > 0 && progress.maxOp >= MANY_OPERATIONS
    this.#wasTurnOfInbox = isSlow && !this.#wasTurnOfInbox
    if (isSlow) return this.#wasTurnOfInbox ? 'inbox' : 'edits'
    return this.#inbox.length > 0 || this.waiters.unkept < this.#limits.unkeptCommits ? 'both' : 'none'
  }

  /**
   * Goes over to the next epoch, which begins with these bytes: what was edited since the document was sealed
   * is edited again, and everybody is a new peer.
   */
  restart(actor: string, saved: Uint8Array, wallMs: number): void {
    const { document } = this
    const again = document.pending > 0 ? this.#pendingEdits(wallMs) : null
    document.restart(actor, saved)
    this.restarts++
    this.largeHistory = 0
    this.unseal()
    this.waiters.keptAll()
    this.conflicts = new Conflicts(this.#rules, document)
    this.#inbox = []
    this.#adopted = []
    this.#replicator = this.#newReplicator()
    if (again !== null) {
      document.edit((draft) => applyEdits(draft as object, again.edits), again.by)
    }
    // Edits that came to nothing are in no commit that anybody could wait for.
    if (document.pending === 0) this.waiters.committed(undefined)
    this.changed.emit()
  }

  /** What was edited since the last commit, which changes of others may have come before. */
  #pendingEdits(wallMs: number) {
    const { document } = this
    const version = currentVersion(document.handle)
    document.commit(wallMs)
    const { edits } = diff(document.handle, version, currentVersion(document.handle), { limit: MAX_EDITS })
    const [entry] = history(document.handle, { limit: 1 }).entries
    const { author = null, message = null } = entry?.authors[0] ?? {}
    return { edits, by: { author: author ?? '/user', message: message ?? undefined } }
  }

  #newReplicator(): Replicator {
    const { random, isStored } = this.#options
    return new Replicator({
      document: this.name,
      replica: replicaOf(
        this.document,
        () => this.strangers === 0,
        () => this.commit(this.#wallMs),
      ),
      random,
      isStored,
    })
  }

  /** Keeps edits back from now on; those so far are changes, and told. */
  seal(): void {
    this.sealed = true
  }

  /** Edits become changes again. */
  unseal(): void {
    this.sealed = false
    this.still = false
    this.unsealed.emit()
  }

  /** How far a sealed document has come. */
  report(): SealReport {
    const { handle, heads } = this.document
    const conflicts =
      this.#rules === undefined ? null : this.conflicts.list(handle, { limit: 1 }).conflicts.length
    return { heads, conflicts }
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
    this.unsealed.emit()
    this.document.free()
  }
}

function committed(changes: readonly Change[], tell: boolean): ReplicationEvent[] {
  return changes.length === 0 ? [] : [{ kind: 'committed', changes, tell }]
}

function orTick(events: readonly ReplicationEvent[]): readonly ReplicationEvent[] {
  return events.length === 0 ? [{ kind: 'tick' }] : events
}
