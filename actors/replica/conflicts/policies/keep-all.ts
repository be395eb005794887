import { type Policy, settleDecisions } from '../policy.ts'

/** All values stay, and are shown among the conflicts as what they are; nobody is asked to decide. */
export const keepAll: Policy = {
  name: 'keep-all',
  settle: settleDecisions,
}
