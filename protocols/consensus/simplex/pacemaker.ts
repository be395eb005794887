/**
 * How long a view may take. Its leader speaks at once where there is work, else after `block_time`; what is beyond
 * that grows with each view in a row that brought nothing final, up to a bound, and is small again after the next
 * final block: so it exceeds any delay of the network in the end, and recovers with it.
 */

/** The first views in a row without a final block may be a faulty leader's; patience grows after these. */
const PATIENT_VIEWS = 2
const GROWTH = 1.5
/** Timeouts grow to so many times the first one. */
const MOST_GROWTH = 32

/** Milliseconds for a view that is the `missed`th in a row after the newest final one. */
export function viewTimeout(baseMs: number, missed: number): number {
  const growth = GROWTH ** Math.max(0, missed - PATIENT_VIEWS)
  return Math.round(baseMs * Math.min(MOST_GROWTH, growth))
}
