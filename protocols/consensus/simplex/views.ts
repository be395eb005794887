/** What is known of each view that matters still: from the newest final one to a bound ahead of the current one. */
import type { Proposal } from '../messages.ts'
import type { Certificate, Hash, ValidatorSet, Vote, VoteKind } from '../types.ts'
import { noVotes, type OwnVotes } from './guards.ts'
import { VoteTable } from './vote-table.ts'

/** Votes for views further ahead are not kept: whoever is that far behind catches up by a certificate. */
const MAX_VIEWS_AHEAD = 64

/** What has become of the leader's proposal here. */
export interface Candidate {
  readonly proposal: Proposal
  readonly hash: Hash
  /** Signatures: of the leader, of what is in the block, of the parent's certificate. */
  state: 'unchecked' | 'checking' | 'valid' | 'refused'
}

export class View {
  readonly tables: Readonly<Record<VoteKind, VoteTable>>
  readonly certificates: Partial<Record<VoteKind, Certificate>> = {}
  readonly own: OwnVotes = noVotes()
  /** Votes of this validator that are durable, so that they can be sent again. */
  readonly ownSent: Vote[] = []
  candidate: Candidate | undefined
  /** Members already suspected in this view. */
  readonly suspects = new Set<number>()

  constructor(set: ValidatorSet) {
    this.tables = {
      notarize: new VoteTable(set),
      nullify: new VoteTable(set),
      finalize: new VoteTable(set),
    }
  }

  /** The certificate by which the view has a block that others may build on. */
  get certified(): Certificate | undefined {
    return this.certificates.notarize ?? this.certificates.finalize
  }
}

export class Views {
  readonly #set: ValidatorSet
  readonly #views = new Map<number, View>()
  /** Earlier views are over. */
  #first = 1

  constructor(set: ValidatorSet) {
    this.#set = set
  }

  get first(): number {
    return this.#first
  }

  /** The view, made on demand. */
  at(number: number): View {
    let view = this.#views.get(number)
    if (view === undefined) this.#views.set(number, (view = new View(this.#set)))
    return view
  }

  peek(number: number): View | undefined {
    return this.#views.get(number)
  }

  accepts(number: number, current: number): boolean {
    return number >= this.#first && number <= current + MAX_VIEWS_AHEAD
  }

  isNullified(number: number): boolean {
    return this.#views.get(number)?.certificates.nullify !== undefined
  }

  /** Forgets what came before the view. */
  prune(first: number): void {
    for (; this.#first < first; this.#first++) this.#views.delete(this.#first)
  }
}
