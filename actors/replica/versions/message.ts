/**
 * The message of a change says who made it and why, as compact JSON, for all edits that were put together
 * into it:
 *
 *   {"v":1,"by":[["/user/agent-1","moved the deadline",3]]}     author, message or null, logical operations
 *   {"v":1,"by":[["/user/anna",null,1]],"decides":1}            a decision about a conflict
 *   {"v":1,"by":[],"settles":"highest","round":1}               a conflict settled by a rule
 *
 * A change that was made by something else may carry any message, or none.
 */
import type { ChangeMetadata } from '../document/automerge.ts'

/** One author's part in a change. */
export interface Authorship {
  /** The path of the actor that edited, or null where the change does not say. */
  readonly author: string | null
  readonly message: string | null
  /** Logical operations. */
  readonly operations: number
}

/** What a change is: an edit, the first one of the document, or the end of a conflict by decision or by rule. */
export type ChangeKind = 'edit' | 'genesis' | 'decision' | 'resolution'

export interface Description {
  readonly kind: ChangeKind
  readonly authors: readonly Authorship[]
  /** Of a resolution: how many resolutions in a row led to it. */
  readonly round: number
}

/** Characters of a message that is not ours, and of one that is, beyond which it is cut. */
const MAX_FOREIGN = 1_000
/** Characters of a message that are looked into. */
const MAX_PARSED = 1_000_000

type Part = [author: string, message: string | null, operations: number]

export function describe(change: ChangeMetadata): Description {
  const own = parse(change.message)
  if (own) return own
  const kind = change.deps.length === 0 && change.time === 0 ? 'genesis' : 'edit'
  const message = change.message === null ? null : change.message.slice(0, MAX_FOREIGN)
  const operations = change.maxOp - change.startOp + 1
  return {
    kind,
    round: 0,
    authors: kind === 'genesis' ? [] : [{ author: null, message, operations }],
  }
}

/** The message of a change that one author made. */
export function editMessage(author: string, message: string | null, operations: number): string {
  return JSON.stringify({ v: 1, by: [[author, message, operations]] })
}

export function decisionMessage(author: string, message: string | null): string {
  return JSON.stringify({ v: 1, by: [[author, message, 1]], decides: 1 })
}

/** The same on every replica, whoever happens to settle the conflict. */
export function resolutionMessage(rule: string, round: number): string {
  return JSON.stringify({ v: 1, by: [], settles: rule, round })
}

function parse(message: string | null): Description | null {
  if (message === null || message.length > MAX_PARSED || !message.startsWith('{"v":1,')) return null
  try {
    const { by, decides, settles, round } = JSON.parse(message)
    if (!Array.isArray(by) || !by.every(isPart)) return null
    const authors = by.map(([author, text, operations]) => ({ author, message: text, operations }))
    if (typeof settles === 'string')
      return { kind: 'resolution', authors, round: Number.isSafeInteger(round) ? round : 0 }
    return { kind: decides === 1 ? 'decision' : 'edit', authors, round: 0 }
  } catch {
    return null
  }
}

function isPart(part: unknown): part is Part {
  return (
    Array.isArray(part) &&
    typeof part[0] === 'string' &&
    (part[1] === null || typeof part[1] === 'string') &&
    Number.isSafeInteger(part[2]) &&
    part[2] >= 0
  )
}
