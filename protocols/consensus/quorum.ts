/**
 * How much voting power decides. Power is stake in whole numbers; `MAX_TOTAL_STAKE` keeps every product below exact,
 * so plain numbers do what big integers would.
 *
 * With more than two thirds for each of two certificates, the validators that signed both hold more than a third of
 * the power. Where less than a third is faulty, one of them is honest. A count such as 2f + 1 does not give that for
 * every size: 13 of 21 can overlap in 5 faulty ones alone.
 */

/** 2^50: three times it is still a safe integer. */
export const MAX_TOTAL_STAKE = 2 ** 50

export function isQuorum(signed: number, total: number): boolean {
  return 3 * signed > 2 * total
}

/** The most power that may be faulty: less than a third. 0 with three equal validators or fewer: no fault is tolerated. */
export function toleratedStake(total: number): number {
  return Math.ceil(total / 3) - 1
}

export interface Weighted {
  readonly value: number
  readonly weight: number
}

/**
 * The least value such that at least half of the weight lies at or below it; undefined without weight. Less than half
 * of the weight can't move it beyond what the others report.
 */
export function weightedMedian(reports: readonly Weighted[]): number | undefined {
  const sorted = [...reports].sort((a, b) => a.value - b.value)
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0)
  let below = 0
  for (const { value, weight } of sorted) {
    below += weight
    if (weight > 0 && 2 * below >= total) return value
  }
  return undefined
}
