/** Whether a change continues what its actor has made, and what it was made upon. */
import type { ChangeHeader } from '../change-header.ts'
import { RefusedChangeError } from '../errors.ts'
import type { DocumentLimits } from '../limits.ts'
import type { Progress } from '../progress.ts'

/**
 * Whether the document has a change already. Throws RefusedChangeError when it has another one of the same
 * actor in the same place: then an actor was used twice, or somebody made one up.
 */
export function isKnown(progress: Progress, { actor, seq, hash }: ChangeHeader): boolean {
  if (seq > (progress.clock.get(actor) ?? 0)) return false
  if (progress.hashAt(actor, seq) === hash) return true
  throw new RefusedChangeError(
    'sequence',
    `change ${seq} of ${actor} is already there as another one; an actor must not be used again once its state was lost`,
  )
}

/** The numbers that the changes of one batch will have come to, checked one after the other. */
export class Sequence {
  readonly #progress: Progress
  readonly #limits: DocumentLimits
  readonly #seqs = new Map<string, number>()
  readonly #lastOps = new Map<string, number>()
  readonly #ends = new Map<string, number>()
  #maxOp: number

  constructor(progress: Progress, limits: DocumentLimits) {
    this.#progress = progress
    this.#limits = limits
    this.#maxOp = progress.maxOp
  }

  /** Throws RefusedChangeError for a change that can't come next. */
  check({ actor, seq, startOp, operations, deps, hash }: ChangeHeader): void {
    const expected = (this.#seqs.get(actor) ?? this.#progress.clock.get(actor) ?? 0) + 1
    if (seq !== expected)
      throw new RefusedChangeError('sequence', `the next change of ${actor} is ${expected}, not ${seq}`)
    if (deps.length === 0)
      throw new RefusedChangeError('other-genesis', 'it is the beginning of another document')
    if (seq === 1) this.#checkActors()
    const least = Math.max(this.#lastOps.get(actor) ?? this.#progress.lastOp(actor), this.#endOf(deps)) + 1
    if (startOp < least || startOp > this.#maxOp + 1)
      throw new RefusedChangeError(
        'start-op',
        `its operations begin at ${startOp}, and have to begin between ${least} and ${this.#maxOp + 1}`,
      )
    const end = startOp + operations - 1
    this.#seqs.set(actor, seq)
    this.#lastOps.set(actor, Math.max(end, least - 1))
    this.#ends.set(hash, end)
    this.#maxOp = Math.max(end, this.#maxOp)
  }

  /** The last operation that the change can have known. */
  #endOf(deps: readonly string[]): number {
    let end = 0
    for (const dep of deps) end = Math.max(end, this.#ends.get(dep) ?? this.#progress.endOf(dep))
    return end
  }

  #checkActors(): void {
    const actors = this.#progress.clock.size + this.#seqs.size
    if (actors >= this.#limits.actors)
      throw new RefusedChangeError('too-large', `a document has at most ${this.#limits.actors} actors`)
  }
}
