/** What a validator shows of itself and of its chain, as plain data. */
import type { Alert } from '../../protocols/consensus/events.ts'
import type { Genesis, Parameters } from '../../protocols/consensus/genesis.ts'
import { leaderWeights, SLOTS } from '../../protocols/consensus/leader.ts'
import { toleratedStake } from '../../protocols/consensus/quorum.ts'
import type { Evidence, Hash, PublicKey } from '../../protocols/consensus/types.ts'
import type { BlockSummary, Speed } from './node/measurements.ts'
import type { ValidatorNode } from './node/node.ts'

export interface ValidatorStatus {
  /** Its name in the genesis; the key where it came later. */
  readonly id: string
  readonly publicKey: PublicKey
  readonly stake: number
  /** 0 to 1,000; it weighs for leadership alone. Undefined for who is not in the set. */
  readonly reputation: number | undefined
  /** The share of views that it leads, from 0 to 1. */
  readonly leads: number
  readonly jailed: boolean
  /** In the set of the present epoch. */
  readonly active: boolean
}

export interface ChainStatus extends Speed {
  readonly chain: string
  readonly chainId: Hash
  /** Who says this. */
  readonly validator: string
  readonly height: number
  readonly epoch: number
  readonly view: number
  /** Who leads the present view. */
  readonly leader: string
  readonly decisions: number
  readonly parameters: Parameters
  readonly totalStake: number
  /** How much stake may be faulty. */
  readonly toleratedStake: number
  readonly validators: readonly ValidatorStatus[]
  /** The newest last. */
  readonly blocks: readonly BlockSummary[]
  /** Why this validator is silent and can't help itself, and what to do. */
  readonly standstill: string | undefined
  readonly alerts: readonly { readonly atMs: number; readonly what: string }[]
  readonly evidence: readonly { readonly validator: string; readonly epoch: number; readonly view: number }[]
}

export function statusOf(id: string, node: ValidatorNode, nowMs: number): ChainStatus {
  const { genesis, chainId, core, ledger, measurements } = node
  const { set, seed, schedule } = core.epoch
  const nameOf = namesOf(node)
  return {
    ...measurements.speed(nowMs),
    ...{ chain: genesis.chain, chainId, validator: id },
    ...{ height: core.height, epoch: set.epoch, view: core.view },
    leader: nameOf(set.members[schedule.leader(core.view)]!.publicKey),
    decisions: ledger.state.decisions.count,
    parameters: seed.parameters,
    totalStake: set.totalStake,
    toleratedStake: toleratedStake(set.totalStake),
    validators: validatorsOf(node),
    blocks: measurements.blocks.map((block) => ({ ...block, leader: nameOf(block.leader) })),
    standstill: node.standstill,
    alerts: node.findings.alerts.map(({ atMs, alert }) => ({ atMs, what: describeAlert(alert, nameOf) })),
    evidence: node.findings.accusations.map((evidence) => describeEvidence(evidence, nameOf)),
  }
}

/** One sentence for people. */
export function describeAlert(alert: Alert, nameOf: (key: PublicKey) => string): string {
  switch (alert.kind) {
    case 'finality-late':
      return `nothing has become final for ${Math.round(alert.sinceMs)} ms although something waits`
    case 'silent':
      return `${nameOf(alert.validator)} has said nothing for ${Math.round(alert.sinceMs)} ms`
    case 'late':
      return `the votes of ${nameOf(alert.validator)} come ${Math.round(alert.byMs)} ms after the first ones, far later than those of the others`
    case 'invalid':
      return `${nameOf(alert.validator)} has sent ${alert.what}`
    case 'diverged':
      return `at height ${alert.height} the others have another state than this validator, which votes no more`
  }
}

/** What a validator is called in the genesis; the key of one that came later. */
export function namesOf({ genesis }: { readonly genesis: Genesis }): (key: PublicKey) => string {
  const names = new Map(genesis.validators.map(({ id, public_key }) => [public_key, id]))
  return (key) => names.get(key) ?? key
}

function describeEvidence({ offender, first }: Evidence, nameOf: (key: PublicKey) => string) {
  return { validator: nameOf(offender), epoch: first.epoch, view: first.view }
}

function validatorsOf(node: ValidatorNode): ValidatorStatus[] {
  const { core, ledger, genesis } = node
  const { set } = core.epoch
  const nameOf = namesOf(node)
  const weights = leaderWeights(set, genesis)
  const members = new Map(set.members.map((member, index) => [member.publicKey, { member, index }]))
  return ledger.candidates().map(({ publicKey, stake, jailed }) => {
    const found = members.get(publicKey)
    return {
      ...{ id: nameOf(publicKey), publicKey, stake, jailed },
      reputation: found?.member.reputation,
      leads: found === undefined ? 0 : weights[found.index]! / SLOTS,
      active: found !== undefined,
    }
  })
}
