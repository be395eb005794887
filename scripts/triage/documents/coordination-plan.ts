/**
 * The plan that the team shares: who judges which letters, and how far it is.
 *
 *     job    ─▶ cuts the letters into parts, gives each an owner, and another when the owner is gone
 *     clerks ─▶ take their parts, and count what they have logged of them
 */
import { type Counter, counter, documents, type SharedDocument } from '../../../actors/replica/index.ts'
import type { Scope } from '../../../runtime/index.ts'

/** Letters that lie one after the other, from `from` up to and without `to`. */
export interface Part {
  readonly from: number
  readonly to: number
  /** Only the job writes it, so that two clerks never have the same part. */
  owner: string | null
  state: 'open' | 'taken' | 'done'
  /** Letters of it that are in the log. */
  readonly done: Counter
  /** Letters of it that were in the log when it got its owner, who begins once it sees as many there. */
  logged: number
}

export interface CoordinationPlan {
  readonly letters: number
  readonly parts: Record<string, Part>
  readonly clerks: Record<string, 'at work' | 'gone'>
  /** What each member's opinion counts where all have one. */
  readonly weights: Record<string, number>
  /** Letters that the clerks had to have parsed a second time. */
  readonly suspected: Counter
  /** Mails about which they had to ask the committee again. */
  readonly repeated: Counter
}

export type SharedPlan = SharedDocument<CoordinationPlan>

const MOST_LETTERS = 100
/** Where there are few letters each clerk has several parts all the same. */
const LEAST_PARTS = 8

export function newPlan(letters: number, clerks: readonly string[]): CoordinationPlan {
  const size = Math.min(MOST_LETTERS, Math.ceil(letters / LEAST_PARTS))
  const parts: Record<string, Part> = {}
  for (let from = 0, id = 1; from < letters; from += size, id++)
    parts[id] = {
      ...{ from, to: Math.min(from + size, letters), owner: null },
      ...{ state: 'open', done: counter(), logged: 0 },
    }
  return {
    ...{ letters, parts, weights: {}, suspected: counter(), repeated: counter() },
    clerks: Object.fromEntries(clerks.map((name) => [name, 'at work'])),
  }
}

/** @param initial given by who makes it */
export function openPlan(scope: Scope, initial?: CoordinationPlan): Promise<SharedPlan> {
  return documents(scope).open<CoordinationPlan>('coordination-plan', 'triage', { initial })
}

export function sizeOf({ from, to }: Pick<Part, 'from' | 'to'>): number {
  return to - from
}

/** The parts that are an owner's to do, in order. */
export function unfinishedOf({ parts }: Readonly<CoordinationPlan>, owner: string | null): string[] {
  return Object.keys(parts).filter((id) => parts[id]!.owner === owner && parts[id]!.state !== 'done')
}
