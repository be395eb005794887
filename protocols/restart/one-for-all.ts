import type { Strategy } from './strategy.ts'

/** When one fails, all are restarted. */
export const oneForAll: Strategy = (order) => order
