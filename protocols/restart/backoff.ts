/**
 * The pause before a restart: doubles from `min` to `max` with each restart in a row, with full
 * jitter over its upper half, so that what failed together does not come back together.
 */
export type Backoff = readonly [minMs: number, maxMs: number]

export const NO_BACKOFF: Backoff = [0, 0]

/**
 * @param attempt restarts in the recent past, 1 for the first
 * @param random a number from 0 up to 1
 * @returns milliseconds to wait
 */
export function backoffMs([min, max]: Backoff, attempt: number, random: number): number {
  if (max <= 0) return 0
  const ceiling = Math.min(max, min * 2 ** Math.min(attempt - 1, 52))
  return ceiling / 2 + (ceiling / 2) * random
}
