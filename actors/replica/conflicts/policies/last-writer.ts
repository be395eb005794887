import type { Policy } from '../policy.ts'

/**
 * The value of the operation with the highest id stays, as everywhere without a rule: of writes that did not
 * know of each other one of a replica that had seen more operations, else that of the higher replica.
 *
 * All replicas show it without any help, and so nothing is written for it: the other values stay in the
 * document, out of sight, until the place is written again. Settling all conflicts takes them away.
 */
export const lastWriter: Policy = {
  name: 'last-writer',
  settle: () => ({ kind: 'leave' }),
}
