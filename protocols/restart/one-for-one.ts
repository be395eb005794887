import type { Strategy } from './strategy.ts'

/** Only what failed is restarted. */
export const oneForOne: Strategy = (_order, failed) => failed
