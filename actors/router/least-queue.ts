import type { Strategy } from './strategy.ts'

/**
 * The one with the fewest calls of this router under way: asks without an answer and offers that are not
 * in a mailbox yet. Tells leave no trace, and calls of others are not known here. Among equals it is the
 * one whose turn it is.
 */
export function leastQueue(size: number): Strategy {
  const underWay = new Array<number>(size).fill(0)
  let next = 0
  return {
    choose() {
      let best = next
      for (let i = 1; i < size; i++) {
        const routee = (next + i) % size
        if ((underWay[routee] as number) < (underWay[best] as number)) best = routee
      }
      next = (best + 1) % size
      return best
    },
    began(routee) {
      underWay[routee] = (underWay[routee] as number) + 1
    },
    ended(routee) {
      underWay[routee] = (underWay[routee] as number) - 1
    },
  }
}
