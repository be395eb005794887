/** What the validators decide, in a line. */
import type { DecisionReader } from '../desk/decision-reader.ts'
import { count, perSecond, plural } from './numbers.ts'

export function decisionLines(
  decided: Pick<DecisionReader, 'count' | 'height' | 'perSecond'> | undefined,
): string[] {
  if (decided === undefined || decided.count === 0) return []
  return [
    `chain ${plural(decided.count, 'letter')} kept out, ${perSecond(decided.perSecond)}, in ${count(decided.height)} blocks`,
  ]
}
