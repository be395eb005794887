/** Validators that agree by the real core about real ledgers, on a network that delivers everything in order. */
import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { type EpochSeed, genesisSeed } from '../../../../protocols/consensus/epoch.ts'
import type { ConsensusEffect, ConsensusEvent } from '../../../../protocols/consensus/events.ts'
import { createGenesis, hashGenesis } from '../../../../protocols/consensus/genesis.ts'
import { Ledger } from '../../../../protocols/consensus/ledger/ledger.ts'
import type { Snapshot } from '../../../../protocols/consensus/state/snapshot.ts'
import type { ValidatorSet } from '../../../../protocols/consensus/types.ts'
import { Validator } from '../../../../protocols/consensus/validator.ts'
import { crypto, genesisOf, type Key } from '../sample-chain.ts'

// A short epoch, so that a run crosses several.
export const GENESIS = createGenesis({ ...genesisOf(), epoch_length: 12 })
export const CHAIN = hashGenesis(GENESIS, crypto)

type Committed = Extract<ConsensusEffect, { kind: 'committed' }>
type Sent = Extract<ConsensusEffect, { kind: 'send' }>

/** What is wanted of a machine is there at once. */
function answerTo(effect: ConsensusEffect, { secret }: Key): ConsensusEvent | undefined {
  switch (effect.kind) {
    case 'sign':
      return {
        kind: 'signed',
        token: effect.token,
        signature: new Uint8Array(sign(null, effect.bytes, secret)),
      }
    case 'persist':
      return { kind: 'persisted', token: effect.token }
    case 'verify':
      return {
        kind: 'verified',
        token: effect.token,
        valid: effect.checks.map((check) => crypto.verify(check)),
      }
    default:
      return undefined
  }
}

export class Node {
  readonly key: Key
  readonly ledger: Ledger
  readonly validator: Validator
  readonly committed: Committed[] = []
  readonly sets: ValidatorSet[] = []
  /** The state at the beginning of each epoch but the first. */
  readonly begun: { readonly seed: EpochSeed; readonly snapshot: Snapshot }[] = []

  /** From the genesis, or from the state in its ledger and the seed that belongs to it. */
  constructor(
    key: Key,
    ledger = new Ledger({ genesis: GENESIS, crypto }),
    seed = genesisSeed(GENESIS, CHAIN, ledger.root(), crypto),
  ) {
    this.key = key
    this.ledger = ledger
    this.validator = new Validator({
      self: key.publicKey,
      genesis: GENESIS,
      chainId: CHAIN,
      crypto,
      application: this.ledger,
      seed,
    })
  }
}

export function networkOf(keys: readonly Key[]) {
  const nodes = keys.map((key) => new Node(key))
  const waiting: { readonly node: Node; readonly event: ConsensusEvent }[] = []
  let nowMs = 2_000
  const send = (from: Node, { to, message }: Sent) => {
    const event = { kind: 'message', from: from.key.publicKey, message } as const
    for (const node of nodes)
      if (node !== from && (to === 'all' || to === node.key.publicKey)) waiting.push({ node, event })
  }
  const carryOut = (node: Node, effect: ConsensusEffect) => {
    switch (effect.kind) {
      case 'send':
        return send(node, effect)
      case 'committed':
        return node.committed.push(effect)
      case 'serve': {
        const run = node.committed.find(({ blocks }) => blocks.at(-1)!.header.height >= effect.height)!
        return send(node, { kind: 'send', to: effect.to, message: { ...run, kind: 'chain' } })
      }
      case 'epoch':
        node.sets[effect.seed.set.epoch] = effect.seed.set
        node.begun.push({ seed: effect.seed, snapshot: node.ledger.snapshot() })
        return
      default: {
        const event = answerTo(effect, node.key)
        if (event !== undefined) waiting.push({ node, event })
      }
    }
  }
  const start = (node: Node) => {
    for (const effect of node.validator.start(nowMs)) carryOut(node, effect)
  }
  nodes.forEach(start)
  return {
    nodes,
    join(node: Node) {
      nodes.push(node)
      start(node)
    },
    /** Runs until it is so; time passes only when nothing else is to be done. */
    runUntil(isDone: () => boolean) {
      for (let steps = 0; !isDone(); steps++) {
        assert.ok(steps < 50_000, 'it takes too many steps')
        if (waiting.length === 0) {
          nowMs = Math.max(nowMs + 1, Math.min(...nodes.map(({ validator }) => validator.dueMs)))
          for (const node of nodes) waiting.push({ node, event: { kind: 'tick' } })
        }
        const { node, event } = waiting.shift()!
        for (const effect of node.validator.step(event, nowMs)) carryOut(node, effect)
      }
    },
  }
}
