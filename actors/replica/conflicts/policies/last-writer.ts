import { type Policy, shownOf } from '../policy.ts'

/**
 * The value of the operation with the highest id stays, as everywhere without a rule: of writes that did not
 * know of each other one of a replica that had seen more operations, else that of the higher replica.
 *
 * All replicas show it without any help. So conflicts under this rule are not looked for, and the other values
 * stay in the document, out of sight, until the place is written again or somebody asks that they be taken away.
 */
export const lastWriter: Policy = {
  name: 'last-writer',
  settle: (values) => ({ kind: 'keep', value: shownOf(values) }),
}
