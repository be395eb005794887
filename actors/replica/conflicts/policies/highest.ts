import type { Policy } from '../policy.ts'
import { compareScalars, keepLast } from './order.ts'

/** The highest value stays; see `order.ts` for what that is. */
export const highest: Policy = {
  name: 'highest',
  settle: (values) => keepLast(values, compareScalars),
}
