/** What the validators decided on letters, and whether it agrees with what became of them. */
import type { DecisionReader } from './decision-reader.ts'
import type { Liar } from './evidence.ts'
import { finalOf, INTERRUPTED, type Ledger } from './ledger.ts'
import { verdictOf } from './quarantine.ts'

export interface DecisionsReport {
  /** Letters that are kept from their readers, as spam or set aside. */
  readonly letters: number
  /** Decisions in the chain, each shown to be final by a certificate. */
  readonly count: number
  /** Letters on which there is more than one decision. */
  readonly twice: number
  /** Letters that are kept from their readers, and on which there is no such decision. */
  readonly missing: number
  readonly perSecond: number
  /** From asking for a decision to its being final; null where there is none. */
  readonly finalityMs: { readonly p50: number | null; readonly p99: number | null }
  /** Validators of which there is proof that they lied. */
  readonly evidence: readonly Liar[]
}

export function decisionsReport(
  ledger: Ledger,
  decided: DecisionReader,
  evidence: readonly Liar[],
): DecisionsReport {
  const keptOut = ledger.entries.flatMap(({ letter: { id: message }, ending }) => {
    const verdict = ending && verdictOf(ending)
    const isCut = ending?.kind === 'set-aside' && ending.reason === INTERRUPTED
    return verdict === undefined || isCut ? [] : [{ message, verdict }]
  })
  const times = ledger.entries.flatMap(({ ending }) => finalOf(ending)?.ms ?? [])
  times.sort((a, b) => a - b)
  return {
    letters: keptOut.length,
    count: decided.count,
    twice: decided.twice,
    missing: keptOut.filter((verdict) => !decided.has(verdict)).length,
    perSecond: Number(decided.perSecond.toFixed(1)),
    finalityMs: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
    evidence,
  }
}

function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
}
