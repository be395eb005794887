import type { Strategy } from './strategy.ts'

/** One after the other, so that all get the same number of calls. */
export function roundRobin(size: number): Strategy {
  let next = 0
  return {
    choose() {
      const chosen = next
      next = (next + 1) % size
      return chosen
    },
    began() {},
    ended() {},
  }
}
