import type { Strategy } from './strategy.ts'

/** What failed and all that was started after it are restarted. */
export const restForOne: Strategy = (order, failed) => {
  const first = Math.min(...failed.map((child) => order.indexOf(child)))
  return order.slice(first)
}
