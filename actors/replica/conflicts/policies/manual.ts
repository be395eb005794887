import { type Policy, settleDecisions } from '../policy.ts'

/** All values stay, and the conflict waits until somebody decides it. */
export const manual: Policy = {
  name: 'manual',
  settle: settleDecisions,
}
