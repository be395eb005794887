import type { Policy } from '../policy.ts'
import { compareScalars, keepLast } from './order.ts'

/** The lowest value stays; see `order.ts` for what that is. */
export const lowest: Policy = {
  name: 'lowest',
  settle: (values) => keepLast(values, (a, b) => compareScalars(b, a)),
}
