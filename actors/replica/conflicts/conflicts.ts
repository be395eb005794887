/**
 * The conflicts of one replica of a document: which there are, and what becomes of them by the document's rules
 * or by what somebody decides.
 *
 *   patches ─► note ─► settle ─► changes, the same on every replica ─► to apply and pass on
 *                  └─► list ──► somebody looks ──► decide ─► change ─┘
 *
 * Nothing here writes into the document. What is not settled stays listed, also where a resolver failed.
 */
import { engine, type Handle } from '../document/automerge.ts'
import { describe } from '../document/data.ts'
import type { DocumentPatch } from '../document/patch.ts'
import { type Paths, SAME_PATHS } from '../document/paths.ts'
import { decisionMessage, resolutionMessage } from '../versions/message.ts'
import { ChangeIndex } from './change-index.ts'
import { type Candidate, type Conflict, candidatesIn, type Path } from './conflict.ts'
import { type Choice, outcomeOf } from './decision.ts'
import { ConflictGoneError, ImpureResolverError, ResolverFailedError } from './errors.ts'
import { lastWriter } from './policies/last-writer.ts'
import { type ConflictRules, RuleBook } from './rules.ts'
import { type SettlingChange, settlingChange } from './settling.ts'
import { ConflictTracker, findPlace, type Place, placesIn } from './tracker.ts'

/** A conflict that is there, and the rule that it is under. */
export interface OpenConflict extends Conflict {
  /** The name of the policy, or of the resolver. */
  readonly rule: string
  /** Why it could not be settled. */
  readonly error?: ImpureResolverError | ResolverFailedError
}

export interface ConflictList {
  readonly conflicts: readonly OpenConflict[]
  /** Whether these are all; a list stops at its limit. */
  readonly complete: boolean
}

/** How a conflict was settled, and the change that does it. */
export interface Resolution extends SettlingChange {
  readonly path: Path
  readonly rule: string
}

export interface Settled {
  readonly resolutions: readonly Resolution[]
  /** Whether there may be more to settle; each call does so much at most. */
  readonly more: boolean
}

export interface SettleOptions {
  /** Conflicts that are settled at most; default 100. */
  readonly limit?: number
  /** Settle also where the last writer's value stays, of which the others are then taken away. Looks through everything. */
  readonly lastWriter?: boolean
}

export interface ListOptions {
  /** Conflicts that are listed at most; default 1,000. */
  readonly limit?: number
  /** List also where the last writer's value stays. Looks through everything. */
  readonly lastWriter?: boolean
}

export interface Decider {
  readonly author: string
  readonly message?: string
  readonly nowMs: number
}

/**
 * Resolutions of nothing but resolutions, one after the other, after which the value that is shown stays. Only
 * replicas with different rules need as many; they would never come to an end.
 */
const MAX_ROUNDS = 20

type Failure = ImpureResolverError | ResolverFailedError

export class Conflicts {
  readonly #rules: RuleBook
  readonly #index = new ChangeIndex()
  readonly #paths: Paths
  readonly #tracker: ConflictTracker
  /** Conflicts, by their operations, that their rule has left as they are, and why it failed if it did. */
  #left = new Map<string, Failure | null>()

  /**
   * Throws InvalidOptionError for rules that can't be followed.
   *
   * @param paths where the document shows what the engine has
   */
  constructor(rules?: ConflictRules, paths: Paths = SAME_PATHS) {
    this.#rules = new RuleBook(rules)
    this.#paths = paths
    this.#tracker = new ConflictTracker((path) => this.#rules.policyFor(path) !== lastWriter, paths)
  }

  /** Takes note of what was applied. The handle, got where it is needed, has to be at the state after it. */
  note(handle: () => Handle, patches: readonly DocumentPatch[]): void {
    this.#tracker.note(handle, patches)
  }

  /** What is in conflict and not settled yet: it waits for a decision, is kept on purpose, or could not be settled. */
  list(handle: Handle, options: ListOptions = {}): ConflictList {
    const { limit = 1_000, lastWriter: all = false } = options
    const conflicts: OpenConflict[] = []
    for (const place of this.#places(handle, all)) {
      if (conflicts.length >= limit) return { conflicts, complete: false }
      conflicts.push(this.#conflictIn(handle, place))
    }
    return { conflicts, complete: true }
  }

  /** Settles what the rules settle. All resolutions are made upon the present state and can be applied together. */
  settle(handle: Handle, options: SettleOptions = {}): Settled {
    const { limit = 100, lastWriter: all = false } = options
    const resolutions: Resolution[] = []
    const left = new Map<string, Failure | null>()
    for (const place of this.#places(handle, all)) {
      if (resolutions.length >= limit) return { resolutions, more: true }
      const name = place.ops.join()
      const known = this.#left.get(name)
      const settled = known === undefined || all ? this.#trySettle(handle, place) : known
      if (settled !== null && 'bytes' in settled) resolutions.push(settled)
      else left.set(name, settled)
    }
    if (!all) this.#left = left
    return { resolutions, more: false }
  }

  /**
   * Decides a conflict that was listed. What it has to do with is only the values that were listed: one that has
   * come since stays, as a new conflict. Of decisions made at once one stays, on all replicas the same.
   *
   * Throws ConflictGoneError where the place is not in this conflict any more, InvalidValueError for a value
   * that can't be in a document.
   */
  decide(handle: Handle, conflict: Conflict, choice: Choice, by: Decider): Resolution {
    const { path } = conflict
    const ops = conflict.values.map(({ op }) => op)
    const place = findPlace(handle, path, ops, this.#paths)
    if (!place || ops.length < 2 || !ops.every((op) => place.ops.includes(op)))
      throw new ConflictGoneError(
        `${describe(path)} is not in that conflict any more; list the conflicts again and decide anew`,
      )
    const { slot } = place
    const values = candidatesIn(handle, this.#index, slot, ops)
    const outcome = outcomeOf(choice, values, path)
    const message = decisionMessage(by.author, by.message ?? null)
    const seconds = Math.floor(by.nowMs / 1_000)
    const change = settlingChange(handle, this.#index, { slot, values, outcome, message, seconds })
    return { ...change, path: place.path, rule: 'decision' }
  }

  #places(handle: Handle, all: boolean): Iterable<Place> {
    return all ? placesIn(handle, this.#paths) : this.#tracker.places(handle)
  }

  #conflictIn(handle: Handle, { slot, path, ops }: Place): OpenConflict {
    const values = candidatesIn(handle, this.#index, slot, ops).map(
      ({ op, value, hash, actor, authors }) => ({ op, value, hash, actor, authors }),
    )
    const rule = this.#rules.policyFor(path).name
    const error = this.#left.get(ops.join())
    return { path, values, rule, ...(error && { error }) }
  }

  /** The resolution; or null where the rule leaves the conflict, or why it could not be settled. */
  #trySettle(handle: Handle, place: Place): Resolution | Failure | null {
    try {
      return engine(() => this.#settle(handle, place))
    } catch (error) {
      if (error instanceof ImpureResolverError || error instanceof ResolverFailedError) return error
      throw error
    }
  }

  #settle(handle: Handle, { slot, path, ops }: Place): Resolution | null {
    const values = candidatesIn(handle, this.#index, slot, ops, true)
    const round = roundOf(values)
    const policy = round > MAX_ROUNDS ? lastWriter : this.#rules.policyFor(path)
    const outcome = policy.settle(values, path)
    if (outcome.kind === 'leave') return null
    const message = resolutionMessage(policy.name, round)
    const change = settlingChange(handle, this.#index, { slot, values, outcome, message, seconds: 0 })
    return { ...change, path, rule: policy.name }
  }
}

/** How many resolutions in a row this one is, the first being one of at least one plain write. */
function roundOf(values: readonly Candidate[]): number {
  const rounds = values.map(({ change }) => (change.kind === 'resolution' ? change.round : 0))
  return rounds.includes(0) ? 1 : Math.max(...rounds) + 1
}
