/** What a validator of a small chain says of it, for tests of how that is shown. */
import type { ChainStatus, ValidatorStatus } from '../../../actors/validator/index.ts'
import { DEFAULT_GENESIS } from '../../../protocols/consensus/genesis.ts'

export function chainStatus(more: Partial<ChainStatus> = {}): ChainStatus {
  const block = { timestampMs: 60_000 }
  return {
    ...{ chain: 'sample', chainId: 'c'.repeat(64), validator: 'a' },
    ...{ height: 12, epoch: 2, view: 5, leader: 'a', decisions: 7 },
    ...{ transactionsPerSecond: 1_500, blocksPerSecond: 2.5, latencyMs: { p50: 4, p99: 0 } },
    parameters: DEFAULT_GENESIS.parameters,
    ...{ totalStake: 200, toleratedStake: 66 },
    validators: [validator('a'), validator('b'), validator('c', { active: false, leads: 0 })],
    blocks: [
      { ...block, height: 10, epoch: 1, leader: 'c', transactions: 1, signers: 3 },
      { ...block, height: 11, epoch: 1, leader: 'b', transactions: 0, signers: 3 },
      { ...block, height: 12, epoch: 2, leader: 'a', transactions: 3, signers: 2 },
    ],
    ...{ standstill: undefined, alerts: [], evidence: [] },
    ...more,
  }
}

export function validator(id: string, more: Partial<ValidatorStatus> = {}): ValidatorStatus {
  const publicKey = 'a'.repeat(64)
  return { id, publicKey, stake: 100, reputation: 1_000, leads: 0.25, jailed: false, active: true, ...more }
}
