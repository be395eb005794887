/** How right a judge was, in the terms of the report. */
export interface Scores {
  /** Mails judged whose answer is known. */
  readonly judged: number
  /** Share of right answers, 0 to 1. */
  readonly accuracy: number
  /** Of what was called spam, the share that is; 1 when nothing was called spam. */
  readonly precision: number
  /** Of the spam, the share that was called so; 1 when there is none. */
  readonly recall: number
}

/** One answer beside the truth. */
export interface Outcome {
  readonly said: boolean
  readonly spam: boolean
}

/** Counts outcomes. Without any the accuracy is NaN, since nothing can be said. */
export function scoresOf(outcomes: readonly Outcome[]): Scores {
  const count = (said: boolean, spam: boolean): number =>
    outcomes.filter((each) => each.said === said && each.spam === spam).length
  const hits = count(true, true)
  const falseAlarms = count(true, false)
  const misses = count(false, true)
  const right = hits + count(false, false)
  return {
    judged: outcomes.length,
    accuracy: right / outcomes.length,
    precision: hits + falseAlarms === 0 ? 1 : hits / (hits + falseAlarms),
    recall: hits + misses === 0 ? 1 : hits / (hits + misses),
  }
}
